"""What a run costs beside its work, side by side with Prefect, interleaved.

    python -m benchmarks.run_overhead --prefect PYTHON [--runs 5] [--rounds 2]

PYTHON is that of an environment with what peers/prefect.txt lists. Both wait for work in a process that is already there, run
each stage as a recorded step, and keep their records in SQLite on this machine.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.run_overhead import ours, theirs
from benchmarks.run_overhead.measured import Measured, told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefect", type=Path, required=True, help="Prefect's python")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=2)
    said = parser.parse_args()
    found: dict[str, list[Measured]] = {"Kingmaker": [], "Prefect": []}
    for _ in range(said.rounds):
        with tempfile.TemporaryDirectory() as folder:
            found["Kingmaker"] += ours.measure(Path(folder), said.runs)
        with tempfile.TemporaryDirectory() as folder:
            found["Prefect"] += theirs.measure(said.prefect, Path(folder), said.runs)
    for name, measured in found.items():
        print(told(name, measured))


if __name__ == "__main__":
    main()
