"""Whether both sides read the same: every value of every row, moments in UTC."""

import sys
from pathlib import Path

import polars as pl
from benchmarks.stopwatch import Stopwatch
from polars.testing import assert_frame_equal

folder = Path(sys.argv[1])


def rows_of(name: str) -> pl.DataFrame:
    frame = pl.read_parquet(folder / name / "*.parquet").sort("id")
    moments = [column for column, kind in frame.schema.items() if kind == pl.Datetime or isinstance(kind, pl.Datetime)]
    frame = frame.with_columns(pl.col(moments).dt.replace_time_zone(None).dt.cast_time_unit("us"))
    return frame.with_columns(pl.col(pl.Int16, pl.Int32).cast(pl.Int64)).fill_nan(None)


ours, theirs = rows_of("ours"), rows_of("pandas")
theirs = theirs.select(pl.col(name).cast(kind) for name, kind in ours.schema.items())
assert_frame_equal(ours, theirs, rel_tol=0, abs_tol=0)
Stopwatch().tell(rows=ours.height, equal=True)
