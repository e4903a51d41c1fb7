"""The endpoint's chapter among all benchmarks, where wrk and the peers' environments are there."""

import shutil
import subprocess
import sys

from benchmarks.contest import DATA, ROOT
from benchmarks.findings import Chapter
from benchmarks.serving.contenders.everyone import EVERYONE
from benchmarks.serving.environments import DEFAULT, absent
from benchmarks.serving.load import NO_WRK
from benchmarks.serving.page import chapter
from benchmarks.serving.questions import load_questions
from benchmarks.serving.rounds import hold

FOLDER = DATA / "serving"


def bench(*, quick: bool) -> Chapter | None:
    """None, and a line that says so, where something is missing that a fair contest needs."""
    missing = what_is_missing()
    if missing:
        print(f"\n*** SKIPPED: benchmarks.serving. {missing} ***\n", flush=True)
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "benchmarks.serving.model", FOLDER], cwd=ROOT, check=True)
    rounds, seconds = (1, 1) if quick else (3, 2)
    return chapter(hold(EVERYONE, FOLDER, DEFAULT, load_questions(FOLDER), rounds=rounds, seconds=seconds))


def what_is_missing() -> str:
    """A sentence, or "" when all is there."""
    if sys.platform != "linux":
        return "It reads /proc, and so needs Linux."
    if shutil.which("wrk") is None:
        return NO_WRK
    names = ", ".join(one.name for one in absent(EVERYONE, DEFAULT))
    return f"No environment for {names}: `python -m benchmarks.serving --install` makes them." if names else ""
