"""Run every benchmark and write benchmarks/results.md. `--quick`: small sizes, printed and not written."""

import sys

from benchmarks import batch_scoring, false_promotions, gate_speed, overhead, recipe
from benchmarks.contest import ROOT
from benchmarks.findings import page_of, write_page


def main(*, quick: bool) -> None:
    chapters = [
        benchmark.bench(quick=quick) for benchmark in (recipe, batch_scoring, gate_speed, overhead, false_promotions)
    ]
    print("\n".join(line for chapter in chapters for line in page_of(chapter)))
    if not quick:
        write_page(chapters, ROOT / "benchmarks" / "results.md")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
