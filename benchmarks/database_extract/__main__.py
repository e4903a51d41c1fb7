"""Measure reading a table of PostgreSQL into Parquet and print what was found. `--quick`: few rows."""

import sys

from benchmarks.database_extract.bench import bench
from benchmarks.findings import page_of

found = bench(quick="--quick" in sys.argv)
print("\n".join(page_of(found)) if found else "left out: PostgreSQL's programs are not installed")
