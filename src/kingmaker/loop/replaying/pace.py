"""How fast a replay goes, and how long the rest of it will take."""

from collections import Counter
from collections.abc import Sequence

from kingmaker.domain.replay import ReplayProgress
from kingmaker.loop.replaying.plan import Kind, Step

MILESTONES = 10
INSTANT = 0.2
"""Seconds below which a step was found done: it tells nothing about those that are not."""


class Pace:
    """Counts steps as they end. The time left is each kind's mean seconds times what is left of it, over the workers."""

    def __init__(self, steps: Sequence[Step], workers: int) -> None:
        self._left = Counter(step.kind for step in steps)
        self._undecided = Counter(step.at for step in steps if step.kind is Kind.DECIDE)
        self._total = len(steps)
        self._workers = workers
        self._seconds: Counter[Kind] = Counter()
        self._counted: Counter[Kind] = Counter()
        self.done = 0

    def note(self, step: Step, seconds: float) -> None:
        """A step ended."""
        self.done += 1
        self._left[step.kind] -= 1
        if step.kind is Kind.DECIDE:
            self._undecided[step.at] -= 1
        if seconds > INSTANT:
            self._seconds[step.kind] += seconds  # type: ignore[assignment]
            self._counted[step.kind] += 1

    def is_milestone(self) -> bool:
        """Whether another tenth of the steps is done with this one."""
        return self.done * MILESTONES // self._total > (self.done - 1) * MILESTONES // self._total

    def progress(self, stage: str) -> ReplayProgress:
        """For who follows from afar."""
        seconds, is_least = self._seconds_left()
        return ReplayProgress(
            stage=stage,
            done=self.done,
            total=self._total,
            dates_done=sum(left == 0 for left in self._undecided.values()),
            seconds_left=seconds,
            is_least=is_least,
        )

    def note_left(self) -> str:
        """A clause for a person who waits."""
        seconds, is_least = self._seconds_left()
        if seconds is None:
            return "the time left is not known yet"
        return f"{'more than' if is_least else 'about'} {_spoken(seconds)} left"

    def _seconds_left(self) -> tuple[float | None, bool]:
        """None while nothing is known, and whether steps are left of a kind that nothing is known of."""
        known = [kind for kind, left in self._left.items() if left and self._counted[kind]]
        unknown = [kind for kind, left in self._left.items() if left and not self._counted[kind]]
        if not known and unknown:
            return None, False
        seconds = sum(self._left[kind] * self._seconds[kind] / self._counted[kind] for kind in known) / self._workers
        return seconds, bool(unknown)


def _spoken(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
