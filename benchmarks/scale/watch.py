"""Runs a command and watches the memory of all its processes together."""

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOOK_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Watched:
    """`looks` are (time of day, bytes): what the processes held at once, pages that they share counted once."""

    seconds: float
    looks: tuple[tuple[float, int], ...]

    @property
    def peak_gb(self) -> float:
        return self.peak_between(0.0, float("inf"))

    def peak_between(self, start: float, end: float) -> float:
        """Gigabytes (10^9 bytes)."""
        return max((held for at, held in self.looks if start <= at <= end), default=0) / 1e9


def watch(command: Sequence[str], *, environment: dict[str, str], log: Path) -> Watched:
    """Raises CalledProcessError when the command fails; what it said is in `log`."""
    started = time.perf_counter()
    looks: list[tuple[float, int]] = []
    with log.open("w", encoding="utf-8") as said:
        child = subprocess.Popen(command, env=environment, stdout=said, stderr=said)
        while child.poll() is None:
            looks.append((time.time(), held(child.pid)))
            with suppress(subprocess.TimeoutExpired):
                child.wait(LOOK_SECONDS)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, log.read_text(encoding="utf-8")[-2000:])
    return Watched(time.perf_counter() - started, tuple(looks))


def held(pid: int) -> int:
    """Bytes that a process and all it started hold together: proportional set sizes, as Linux counts them."""
    parents = {child: parent for child in _processes() if (parent := _parent(child)) is not None}
    family, found = {pid}, {pid}
    while found:
        found = {child for child, parent in parents.items() if parent in found} - family
        family |= found
    return sum(_held(one) for one in family)


def _processes() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdecimal()]


def _parent(pid: int) -> int | None:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return None


def _held(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
