"""Contender: a bundle scores a file. Arguments: the folder, the number of rows, and where to write."""

import sys
from pathlib import Path

from benchmarks.stopwatch import Stopwatch

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reading import open_bundle
from kingmaker.loop.score import score_file


def main(folder: Path, rows: int, destination: Path) -> None:
    watch = Stopwatch()
    bundle = open_bundle(folder / "model.bundle", trusted=[SigningKey.load(folder / "signing.key").public])
    with watch.part("score"):
        summary = score_file(bundle, folder / f"applicants_{rows}.parquet", destination)
    watch.tell(rows=summary.rows, mean=summary.mean_pd)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
