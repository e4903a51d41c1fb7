"""Contenders against one another: each in a process of its own, in turns, round after round.

The process that holds the contest imports nothing large: on Linux a child starts with its parent's peak memory.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.stopwatch import MARK

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "benchmarks" / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """`module` is run with `python -m` and tells its measurement through `stopwatch.Stopwatch.tell`."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    python: str = sys.executable


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One contender in one round: seconds by part, peak memory in MB, and what it tells of its answers."""

    wall: dict[str, float]
    cpu: dict[str, float]
    peak_mb: float
    facts: dict[str, object]

    @property
    def seconds(self) -> float:
        return sum(self.wall.values())

    @property
    def cpu_seconds(self) -> float:
        return sum(self.cpu.values())


def hold(contenders: Sequence[Contender], rounds: int) -> dict[str, list[Measured]]:
    """All rounds of all contenders; each round begins with another one, so that none always runs on a warm cache."""
    found: dict[str, list[Measured]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        turn = number % len(contenders)
        for contender in [*contenders[turn:], *contenders[:turn]]:
            measured = run(contender)
            found[contender.name].append(measured)
            print(
                f"  round {number + 1}: {contender.name}: {measured.seconds:.2f} s,"
                f" {measured.cpu_seconds:.2f} s of CPU, {measured.peak_mb:.0f} MB",
                flush=True,
            )
    return found


def run(contender: Contender) -> Measured:
    """Run one contender to its end. Raises CalledProcessError when it fails."""
    told = subprocess.run(
        [contender.python, "-m", contender.module, *contender.arguments],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    line = next(line for line in told.splitlines() if line.startswith(MARK))
    return Measured(**json.loads(line.removeprefix(MARK)))


def ratio(
    ours: Sequence[Measured], peers: Sequence[Measured], measure: Callable[[Measured], float]
) -> tuple[float, float, float]:
    """Lowest, median and highest of (peer's measure / ours) over the rounds, each round with itself."""
    each = [measure(peer) / measure(our) for our, peer in zip(ours, peers, strict=True)]
    return min(each), median(each), max(each)
