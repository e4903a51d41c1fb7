"""Every page of the control centre, over 10,000 runs, 5,000 trials and 1,000 endpoints. `--help` says how much of it."""

import argparse
import shutil
from pathlib import Path

from benchmarks.contest import DATA
from benchmarks.web_ui.home import grow
from benchmarks.web_ui.lived import live
from benchmarks.web_ui.measuring import measure
from benchmarks.web_ui.page import document, page
from benchmarks.web_ui.size import Size

_DEFAULT = Size()


def main() -> None:
    chosen = _arguments()
    size = Size(runs=chosen.runs, trials=chosen.trials, endpoints=chosen.endpoints)
    folder = chosen.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    home = live(folder)
    house = grow(home, size)
    try:
        found = measure(home, folder, rounds=chosen.rounds, open_pages=chosen.open, seconds=chosen.seconds)
    finally:
        house.close()
    told = page(found, size)
    (folder / "results.md").write_text(told, encoding="utf-8")
    (folder / "results.json").write_text(document(found, size), encoding="utf-8")
    print(told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web_ui", description=__doc__)
    parser.add_argument("--runs", type=int, default=_DEFAULT.runs, help="in the ledger (10000)")
    parser.add_argument("--trials", type=int, default=_DEFAULT.trials, help="of one run (5000)")
    parser.add_argument("--endpoints", type=int, default=_DEFAULT.endpoints, help="that report (1000)")
    parser.add_argument("--rounds", type=int, default=7, help="that each page is opened, after the first time (7)")
    parser.add_argument("--open", type=int, default=20, help="pages that are left open (20)")
    parser.add_argument("--seconds", type=float, default=30.0, help="that they are left open (30)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=DATA / "web_ui",
        help="for the home, log and results (benchmarks/data/web_ui); it is emptied",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
