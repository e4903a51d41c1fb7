"""What a run costs beside fitting: one whole `kingmaker run` of the SBA example in a fresh home, read back from its ledger."""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.contest import DATA, ROOT
from benchmarks.findings import Chapter, Finding, page_of
from ruamel.yaml import YAML

PIPELINE, QUICK_TRIALS = ROOT / "examples" / "sba" / "pipeline.yaml", 6
SHARE, INSTANT = 0.15, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Seconds of one run: on the wall with process start, by stage, and when each trial's process began and ended."""

    wall: float
    stages: dict[str, float]
    trials: tuple[tuple[float, float], ...]

    @property
    def work(self) -> float:
        """Seconds of all trials together."""
        return sum(end - begin for begin, end in self.trials)

    @property
    def fitting(self) -> float:
        """Seconds during which at least one trial was being fitted: the union of their times."""
        covered, until = 0.0, 0.0
        for begin, end in sorted(self.trials):
            covered += max(0.0, end - max(begin, until))
            until = max(until, end)
        return covered

    @property
    def idle(self) -> float:
        """Seconds of slots without a trial while others were being fitted."""
        return self.fitting * (os.cpu_count() or 1) - self.work


def bench(*, quick: bool) -> Chapter:
    turn = _turn(QUICK_TRIALS if quick else None)
    start = _start_seconds()
    beside = turn.wall - turn.fitting
    share = beside / turn.wall
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in turn.stages.items())
    return Chapter(
        title="Overhead of a run",
        about="`kingmaker run` on the SBA example in a fresh home, with process start and exit.",
        findings=(
            Finding(
                what="share of the run that is not fitting",
                ours=f"{beside:.1f} of {turn.wall:.1f} s",
                peer="",
                ratio=f"{share:.1%}",
                goal=f"<= {SHARE:.0%}",
                met=share <= SHARE,
            ),
            Finding(
                what="CPU time of `kingmaker --help`",
                ours=f"{start:.2f} s",
                peer="",
                ratio="",
                goal=f"<= {INSTANT} s",
                met=start <= INSTANT,
            ),
        ),
        notes=(
            f"Stages: {stages}; {len(turn.trials)} trials, {turn.work:.1f} s of fitting in all.",
            "Not fitting = wall time, with process start and exit, less the time during which some trial's process ran.",
            f"While trials ran, one core in {os.cpu_count()} was idle for {turn.idle:.1f} s in all.",
        ),
    )


def _turn(trials: int | None) -> Turn:
    home = DATA / "home"
    shutil.rmtree(home, ignore_errors=True)
    started = time.perf_counter()
    _kingmaker(home, "run", str(_pipeline(trials)), "--as-of", "2010-12-31", may_hold=True)
    wall = time.perf_counter() - started
    account = json.loads(_kingmaker(home, "explain", "1", "--json"))
    told = json.loads(_kingmaker(home, "trials", "1", "--json"))
    return Turn(
        wall=wall,
        stages={one["stage"]: float(one["seconds"]) for one in account["stages"]},
        trials=tuple(_times(one) for one in told["trials"]),
    )


def _times(trial: dict[str, Any]) -> tuple[float, float]:
    begin = datetime.fromisoformat(trial["started_at"]).timestamp()
    return begin, begin + float(trial["seconds"])


def _pipeline(trials: int | None) -> Path:
    """The example, or in the benchmarks' own folder a copy with fewer trials."""
    if trials is None:
        return PIPELINE
    declared = YAML().load(PIPELINE.read_text())
    declared["training"]["trials"] = trials
    declared["source"]["file"] = str(PIPELINE.with_name(declared["source"]["file"]))
    copy = DATA / "quick.yaml"
    DATA.mkdir(parents=True, exist_ok=True)
    YAML().dump(declared, copy)
    return copy


def _kingmaker(home: Path, *arguments: str, may_hold: bool = False) -> str:
    program = Path(sys.executable).with_name("kingmaker")
    finished = subprocess.run([program, "--home", home, *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if finished.returncode not in ({0, 1} if may_hold else {0}):
        raise RuntimeError(f"kingmaker {arguments[0]} ended with {finished.returncode}")
    return finished.stdout


def _start_seconds() -> float:
    """CPU seconds of the quickest of three."""
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _kingmaker(DATA / "home", "--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


if __name__ == "__main__":
    print("\n".join(page_of(bench(quick="--quick" in sys.argv))))
