"""How far the pds of two scored files are apart, row by row under the application's name. Arguments: the two files."""

import sys

import polars as pl
from benchmarks.stopwatch import Stopwatch


def main(ours: str, peer: str) -> None:
    columns = ["application", "pd"]
    both = pl.concat(
        [
            pl.read_parquet(ours, columns=columns),
            pl.read_parquet(peer, columns=columns).rename({"application": "other", "pd": "other_pd"}),
        ],
        how="horizontal",
    )
    if not both.select((pl.col("application") == pl.col("other")).all()).item():
        raise ValueError("the files' rows are not in one order")
    Stopwatch().tell(largest=both.select((pl.col("pd") - pl.col("other_pd")).abs().max()).item())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
