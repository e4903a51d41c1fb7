"""Measure the loop on ten million loans and print what was found. `--quick`: few rows."""

import sys

from benchmarks.findings import page_of
from benchmarks.scale.bench import bench

print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
