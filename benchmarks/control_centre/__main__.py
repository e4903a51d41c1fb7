"""A thousand endpoints that wait at one control centre, and runs listed meanwhile. `--help` says how much of it."""

import argparse
import shutil
from pathlib import Path

from benchmarks.contest import DATA
from benchmarks.control_centre.measuring import Load, measure
from benchmarks.control_centre.page import document, page

_DEFAULT = Load()


def main() -> None:
    chosen = _arguments()
    load = Load(
        endpoints=chosen.endpoints,
        listings_a_second=chosen.listings,
        seconds=chosen.seconds,
        rounds=chosen.rounds,
        runs=chosen.runs,
    )
    folder = chosen.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    found = measure(folder, load)
    told = page(found, load)
    (folder / "results.md").write_text(told, encoding="utf-8")
    (folder / "results.json").write_text(document(found, load), encoding="utf-8")
    print(told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.control_centre", description=__doc__)
    parser.add_argument("--endpoints", type=int, default=_DEFAULT.endpoints, help="that wait (1000)")
    parser.add_argument("--listings", type=float, default=_DEFAULT.listings_a_second, help="a second (50)")
    parser.add_argument("--seconds", type=float, default=_DEFAULT.seconds, help="of listings (30)")
    parser.add_argument("--rounds", type=int, default=_DEFAULT.rounds, help="announcements (5)")
    parser.add_argument("--runs", type=int, default=_DEFAULT.runs, help="in the ledger (200)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=DATA / "control_centre",
        help="for the home, log and results (benchmarks/data/control_centre); it is emptied",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
