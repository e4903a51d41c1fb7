"""The desk: takes what is asked in one turn of the event loop, has it scored together, and answers each.

Rows are not made to wait for company: a batch is what has arrived by the time that the loop comes round. A row's answer does
not depend on its neighbours, and the line-up is read once a batch, so that an answer's version and pd belong together.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import time
from typing import Protocol

from kingmaker.serving.asked import Asked, Scored
from kingmaker.serving.counts import Counts
from kingmaker.serving.deployed import Deployed
from kingmaker.serving.explaining import Explaining
from kingmaker.serving.express import MOST_ROWS, Plain
from kingmaker.serving.fields import Accepting
from kingmaker.serving.journal.entry import Batch
from kingmaker.serving.lineup import Lineup, line_up
from kingmaker.serving.marking import Marked, mark
from kingmaker.serving.readings import Reading
from kingmaker.serving.seat import Seat
from kingmaker.serving.shadowing import Shadowing

AT_ONCE = MOST_ROWS
"""Rows that the event loop scores in one go; a request of more is scored in a thread of its own."""


class Records(Protocol):
    """The journal, as the desk sees it. `record` must come back at once, whatever becomes of the batch."""

    def record(self, batch: Batch) -> None: ...


Generally = Callable[[Plain], None]
"""Reads a plain request by the general rules and asks the desk again, or refuses it; raises nothing."""


@dataclass(slots=True)
class _Turn:
    """What has been asked since the last turn of the loop."""

    asked: list[Asked] = field(default_factory=list)
    plain: list[tuple[Plain, Generally]] = field(default_factory=list)
    is_called: bool = False


class Desk:
    """Belongs to the event loop's thread; `readings` may be read from any."""

    def __init__(
        self,
        seat: Seat,
        journal: Records,
        loop: AbstractEventLoop,
        *,
        explaining: Explaining,
        accepting: Accepting | None = None,
        clock: Callable[[], float] = time,
    ) -> None:
        self._seat = seat
        self._journal = journal
        self._loop = loop
        self._explaining = explaining
        self._accepting = accepting or Accepting()
        self._clock = clock
        self._turn = _Turn()
        self._lineup: Lineup | None = None
        self._apart = ThreadPoolExecutor(1, thread_name_prefix="score-apart")
        self._shadowing = Shadowing(journal, loop)
        self.counts = Counts()

    @property
    def lineup(self) -> Lineup | None:
        """Who answers now; None before the first standing."""
        standing = self._seat.standing
        known = self._lineup
        if standing is None:
            return None
        if known is None or known.standing is not standing:
            known = self._lineup = line_up(standing, self._accepting, known)
            if self._explaining.is_wanted:
                self._apart.submit(self._explaining.keep, [known.champion.deployed, *_canary(known)])
        return known

    def ask(self, asked: Asked) -> None:
        """Have rows scored. There must be a line-up."""
        if asked.rows is None or asked.reasons or asked.rows.count > AT_ONCE:
            self.counts.apart_waiting += 1
            self._apart.submit(self._alone, asked)
            return
        self._turn.asked.append(asked)
        self._call()

    def ask_plainly(self, plain: Plain, generally: Generally) -> None:
        """Have one small body answered by the express lane of the line-up, or else `generally`."""
        self._turn.plain.append((plain, generally))
        self._call()

    def _call(self) -> None:
        if not self._turn.is_called:
            self._turn.is_called = True
            self._loop.call_soon(self._score)

    def close(self) -> None:
        """Let the threads go; what they had not begun is dropped."""
        self._apart.shutdown(wait=False, cancel_futures=True)
        self._shadowing.close()

    def readings(self) -> Iterable[Reading]:
        yield from self.counts.readings()
        yield from self._shadowing.readings()
        yield from self._explaining.readings()

    def _score(self) -> None:
        turn = self._turn
        asked, later = _portion(turn.asked) if turn.asked else ([], [])
        plain, waiting = turn.plain, []
        if len(plain) > AT_ONCE:
            plain, waiting = plain[:AT_ONCE], plain[AT_ONCE:]
        self._turn = _Turn(later, waiting)
        if later or waiting:
            self._call()
        if plain:
            self._express(plain)
        if asked:
            self._answer(asked)

    def _express(self, plain: Sequence[tuple[Plain, Generally]]) -> None:
        lineup = self.lineup
        assert lineup is not None, "nothing is asked before the first standing"
        try:
            found = lineup.express.answer([one.body for one, _ in plain], self._clock()) if lineup.express else None
        except Exception:  # noqa: BLE001 - the general way says what is wrong, and with which request
            found = None
        if found is None:
            for one, generally in plain:
                generally(one)
            return
        for (one, generally), body in zip(plain, found.bodies, strict=True):
            if body is None:
                generally(one)
            else:
                one.answer(200, body)
        if found.batch is not None:
            self.counts.scored((found.batch,))
            self._journal.record(found.batch)

    def _answer(self, asked: Sequence[Asked]) -> None:
        lineup = self.lineup
        assert lineup is not None, "nothing is asked before the first standing"
        try:
            marked = mark(lineup, asked, self._clock())
        except Exception as error:  # noqa: BLE001 - whatever one request provokes, the others are answered
            if len(asked) == 1:
                asked[0].refuse(error)
            else:
                for one in asked:
                    self._answer([one])
            return
        start = 0
        scored = marked.scored
        for one in asked:
            self._send(one, scored, start)
            start += one.rows.count if one.rows else 0
        self._note(lineup, asked, marked)

    def _send(self, asked: Asked, scored: Scored, start: int) -> None:
        try:
            body = asked.form(scored, start)
        except Exception as error:  # noqa: BLE001 - as above
            asked.refuse(error)
        else:
            asked.answer(body)

    def _note(self, lineup: Lineup, asked: Sequence[Asked], marked: Marked) -> None:
        """After the answers have gone out."""
        if not marked.scored.pd:
            return
        self.counts.scored(marked.batches)
        for batch in marked.batches:
            self._journal.record(batch)
        if lineup.shadows:
            self._shadowing.offer(lineup.shadows, asked, marked.batches[0].at, len(marked.scored.pd))

    def _alone(self, asked: Asked) -> None:
        """In the thread for what would hold the event loop up."""
        try:
            lineup = self.lineup
            assert lineup is not None, "nothing is asked before the first standing"
            if asked.rows is None:
                asked.rows, asked.fields = asked.read(lineup.champion.fields), lineup.champion.fields
            marked = mark(lineup, [asked], self._clock(), self._explaining)
            body = asked.form(marked.scored, 0)
        except Exception as error:  # noqa: BLE001 - its sender is told, and the thread goes on
            self._loop.call_soon_threadsafe(self._refused, asked, error)
        else:
            self._loop.call_soon_threadsafe(self._answered, lineup, asked, marked, body)

    def _refused(self, asked: Asked, error: Exception) -> None:
        self.counts.apart_waiting -= 1
        asked.refuse(error)

    def _answered(self, lineup: Lineup, asked: Asked, marked: Marked, body: bytes) -> None:
        self.counts.apart_waiting -= 1
        asked.answer(body)
        self._note(lineup, [asked], marked)


def _portion(asked: list[Asked]) -> tuple[list[Asked], list[Asked]]:
    """As many requests as are scored in one go, at least one, and the rest."""
    rows = 0
    for place, one in enumerate(asked):
        rows += one.rows.count if one.rows else 0
        if rows > AT_ONCE and place:
            return asked[:place], asked[place:]
    return asked, []


def _canary(lineup: Lineup) -> list[Deployed]:
    return [lineup.canary.deployed] if lineup.canary else []
