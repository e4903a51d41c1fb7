"""Policies over the past."""

from collections.abc import Sequence
from typing import Protocol

from kingmaker.domain.replay import Holds, ReplayOutlook, ReplayRequest
from kingmaker.loop.replaying.result import ReplayResult


class ReplayVerbs(Protocol):
    """Policies replayed over the lender's own past, in a process of its own that steps back behind runs, one at a time."""

    def ask_replay(
        self,
        pipeline: str,
        *,
        from_month: str,
        to_month: str,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
        key: str | None = None,
    ) -> ReplayRequest:
        """Ask for a replay of the newest declaration. `key` makes asking twice one replay.

        Dates are YYYY-MM, the month's last day, or YYYY-MM-DD. Raises DatesMistaken for such that make no replay, and
        DataRefused for a pipeline that does not say who applied when.
        """

    def replay_outlook(
        self,
        pipeline: str,
        *,
        from_month: str | None = None,
        to_month: str | None = None,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
    ) -> ReplayOutlook:
        """What asking for it would begin, and roughly how long it would take. Left out, the dates are chosen."""

    def replays(
        self, *, pipeline: str | None = None, limit: int = 20, before: int | None = None
    ) -> list[ReplayRequest]:
        """Newest first; `before` a replay's number, to page."""

    def replay(self, number: int) -> ReplayRequest:
        """How it stands, and how far it is."""

    def replay_result(self, number: int) -> ReplayResult:
        """What it came to. Raises Conflict unless it is finished."""

    def replay_page(self, number: int) -> bytes:
        """The same as one self-contained HTML page."""

    def cancel_replay(self, number: int, *, why: str) -> ReplayRequest:
        """Wish for its end; it stops within seconds."""
