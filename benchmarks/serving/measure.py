"""What a server costs, read from /proc over the process that was started and all of its children."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes (1e6) in memory: `rss` counts shared pages in each process, `pss` divides them among their users."""

    rss_mb: float
    pss_mb: float


def family(root: int) -> list[int]:
    """The process and all that descend from it, those that are gone left out."""
    parents = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            parents[int(entry.name)] = int(stat[1])
    found = [root] if root in parents else []
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of the family so far, with that of children that ended and were waited for."""
    return sum(sum(map(int, stat[11:15])) for pid in family(root) if (stat := _stat(pid))) / _TICK


def memory(root: int) -> Memory:
    kilobytes = {"Rss": 0, "Pss": 0}
    for pid in family(root):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in kilobytes:
                kilobytes[name] += int(rest.split()[0])
    return Memory(rss_mb=kilobytes["Rss"] * 1024 / 1e6, pss_mb=kilobytes["Pss"] * 1024 / 1e6)


def _stat(pid: int) -> list[str]:
    """The fields after the program's name, which may itself hold blanks; empty when the process is gone."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
