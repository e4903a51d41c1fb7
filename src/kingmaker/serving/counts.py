"""What the desk counts."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.readings import Reading

_SIZES = (1, 8, 64, 256)
_NAMES = (*map(str, _SIZES), "more")


class Counts:
    """Written on the event loop's thread, read on any."""

    def __init__(self) -> None:
        self.rows = {"champion": 0, "canary": 0}
        self.batches = dict.fromkeys(_NAMES, 0)
        self.refusals: dict[str, int] = {}
        self.apart_waiting = 0

    def scored(self, batches: Sequence[Batch]) -> None:
        """A batch was answered."""
        rows = 0
        for batch in batches:
            count = len(batch.ids)
            self.rows[batch.role] += count
            rows += count
        self.batches[_NAMES[bisect_left(_SIZES, rows)]] += 1

    def refused(self, code: str) -> None:
        """A request was told what is wrong with it."""
        self.refusals[code] = self.refusals.get(code, 0) + 1

    def readings(self) -> Iterable[Reading]:
        for role, rows in self.rows.items():
            yield Reading(
                name="answered_rows",
                told="Rows that were answered, by who answered.",
                value=rows,
                kind="counter",
                labels=(("role", role),),
            )
        for size, batches in self.batches.items():
            yield Reading(
                name="batches",
                told="Calls of the scorer, by how many rows there were at most.",
                value=batches,
                kind="counter",
                labels=(("rows", size),),
            )
        for code, refusals in tuple(self.refusals.items()):
            yield Reading(
                name="refusals",
                told="Requests for scores that were refused, by code.",
                value=refusals,
                kind="counter",
                labels=(("code", code),),
            )
        yield Reading(name="waiting_apart", told="Large requests waiting for their thread.", value=self.apart_waiting)
