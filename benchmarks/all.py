"""Run every benchmark and write benchmarks/results.md. `--quick`: small sizes, printed and not written.

The endpoint's is left out, and says so, where wrk or its peers' environments are missing; the database's where PostgreSQL's
programs are.
"""

import sys

from benchmarks import batch_scoring, false_promotions, gate_speed, overhead, recipe
from benchmarks.contest import ROOT
from benchmarks.database_extract import bench as database_extract
from benchmarks.findings import page_of, write_page
from benchmarks.scale import bench as scale
from benchmarks.serving import bench as serving


def main(*, quick: bool) -> None:
    benchmarks = (recipe, batch_scoring, gate_speed, overhead, false_promotions, database_extract, scale, serving)
    found = [benchmark.bench(quick=quick) for benchmark in benchmarks]
    chapters = [chapter for chapter in found if chapter is not None]
    print("\n".join(line for chapter in chapters for line in page_of(chapter)))
    if not quick:
        write_page(chapters, ROOT / "benchmarks" / "results.md")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
