"""Inside a contender: time and CPU time by part, and the process's own peak memory, told as one line of JSON at the end."""

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

MARK = "measured "


class Stopwatch:
    """Adds up named parts. What happens outside of `part` (imports, reading the contest's data) is not timed."""

    def __init__(self) -> None:
        self._wall: dict[str, float] = {}
        self._cpu: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self._wall[name] = self._wall.get(name, 0.0) + time.perf_counter() - wall
        self._cpu[name] = self._cpu.get(name, 0.0) + time.process_time() - cpu

    def tell(self, **facts: object) -> None:
        """Print the measurement; call it once, at the end."""
        measured = {"wall": self._wall, "cpu": self._cpu, "peak_mb": peak_megabytes(), "facts": facts}
        print(MARK + json.dumps(measured), flush=True)


def peak_megabytes() -> float:
    """Largest resident set of this process so far (Linux counts kilobytes, macOS bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
