"""Our endpoint beside what a team would use today. `python -m benchmarks.serving --help` says how."""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.contest import DATA, ROOT
from benchmarks.serving.contenders.everyone import EVERYONE, named
from benchmarks.serving.environments import DEFAULT, absent, install, need_all
from benchmarks.serving.load import need_wrk
from benchmarks.serving.page import document, page
from benchmarks.serving.questions import load_questions
from benchmarks.serving.rounds import hold
from benchmarks.serving.server import Unfit


def main() -> None:
    chosen = _arguments()
    contenders = named(chosen.contenders.split(","))
    if chosen.install:
        for one in absent(contenders, chosen.venvs):
            install(one, chosen.venvs)
        return
    need_wrk()
    need_all(contenders, chosen.venvs)
    folder = chosen.folder.resolve()
    subprocess.run([sys.executable, "-m", "benchmarks.serving.model", folder], cwd=ROOT, check=True)
    questions = load_questions(folder)
    try:
        found = hold(contenders, folder, chosen.venvs, questions, rounds=chosen.rounds, seconds=chosen.seconds)
    except Unfit as error:
        raise SystemExit(str(error)) from None
    told = page(found)
    (folder / "results.md").write_text(told, encoding="utf-8")
    (folder / "results.json").write_text(document(found), encoding="utf-8")
    print(told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender takes its turn (3)")
    parser.add_argument("--seconds", type=int, default=2, help="of load at each point (2)")
    parser.add_argument(
        "--contenders", default=",".join(one.name for one in EVERYONE), help="their names, with commas between (all)"
    )
    parser.add_argument(
        "--venvs", type=Path, default=DEFAULT, help="where the peers' environments are (benchmarks/.venvs)"
    )
    parser.add_argument("--install", action="store_true", help="make the environments that are missing, and end")
    parser.add_argument(
        "--folder",
        type=Path,
        default=DATA / "serving",
        help="for the model, logs and results (benchmarks/data/serving)",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
