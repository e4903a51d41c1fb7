"""What was measured of one run, in seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """`waited` from the asking to the start, `whole` to the end; `work` is what the stages themselves took."""

    waited: float
    whole: float
    work: float

    @property
    def overhead(self) -> float:
        """Everything but the work."""
        return self.whole - self.work


def told(name: str, found: Sequence[Measured]) -> str:
    overheads = [one.overhead for one in found]
    waits = [one.waited for one in found]
    return (
        f"{name:<12}{1000 * median(overheads):>8.0f} ms a run beside the work"
        f" ({1000 * min(overheads):.0f} to {1000 * max(overheads):.0f}), of which {1000 * median(waits):.0f} ms until it starts"
    )
