"""ReplayVerbs over this machine's house."""

import secrets
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from typing import Any, Final

import msgspec

from kingmaker.control.office.room import Room
from kingmaker.domain.access import Right
from kingmaker.domain.errors import Conflict, NotFound
from kingmaker.domain.replay import Holds, ReplayOutlook, ReplayRequest
from kingmaker.domain.run import RunState
from kingmaker.loop.replaying.result import ReplayResult

POLICIES: Final = ("never", "always", "point", "proven")
EVERY: Final = "quarter"
_LOOKED_AT: Final = 50


class ReplaysOffice(Room):
    """ReplayVerbs, allowed or refused by who asks."""

    def ask_replay(
        self,
        pipeline: str,
        *,
        from_month: str,
        to_month: str,
        every: str = EVERY,
        policies: Sequence[str] = POLICIES,
        holds: Holds = Holds.REFUSE,
        key: str | None = None,
    ) -> ReplayRequest:
        """Without a key of the asker's, asking again is another asking: it gets one that nobody can have chosen."""
        self.may(Right.ASK, pipeline)
        kept, _ = _ordering().ordered(
            self.house, pipeline, _words(from_month, to_month, every, policies, holds), by=self.who.name
        )
        return self.house.ledger.ask_replay(kept, key=key or f"once:{secrets.token_hex(16)}", by=self.who.name)

    def replay_outlook(
        self,
        pipeline: str,
        *,
        from_month: str | None = None,
        to_month: str | None = None,
        every: str = EVERY,
        policies: Sequence[str] = POLICIES,
        holds: Holds = Holds.REFUSE,
    ) -> ReplayOutlook:
        self.may(Right.SEE, pipeline)
        newest = self._newest_replayable(pipeline)
        said = _words(
            from_month or f"{newest.year - 4}-12", to_month or f"{newest.year - 1}-12", every, policies, holds
        )
        ordering = _ordering()
        kept, order = ordering.ordered(self.house, pipeline, said, by=self.who.name)
        return ReplayOutlook(order=kept, dates=order.dates, seconds=ordering.seconds_for(self.house, kept))

    def replays(
        self, *, pipeline: str | None = None, limit: int = 20, before: int | None = None
    ) -> list[ReplayRequest]:
        return self.house.ledger.replays(self.in_sight(pipeline), limit=limit, before=before)

    def replay(self, number: int) -> ReplayRequest:
        return self._may_on_replay(Right.SEE, number)

    def replay_result(self, number: int) -> ReplayResult:
        found = self._may_on_replay(Right.SEE, number)
        return msgspec.json.decode(self._replay_file(found, found.result), type=ReplayResult)

    def replay_page(self, number: int) -> bytes:
        found = self._may_on_replay(Right.SEE, number)
        return self._replay_file(found, found.page)

    def cancel_replay(self, number: int, *, why: str) -> ReplayRequest:
        self._may_on_replay(Right.ASK, number)
        return self.house.ledger.cancel_replay(number, by=self.who.name, why=self.reason(why))

    def _may_on_replay(self, right: Right, number: int) -> ReplayRequest:
        """Raises NotFound also for the replay of a pipeline that `who` does not see."""
        found = self.house.ledger.replay(number)
        if not self.who.sees(found.order.pipeline):
            raise NotFound(f"there is no replay {number}", remedy="`kingmaker replays` lists them.")
        self.may(right, found.order.pipeline)
        return found

    def _replay_file(self, found: ReplayRequest, digest: str | None) -> bytes:
        if digest is None:
            raise Conflict(
                f"the replay is {found.state.value}: it has come to nothing yet",
                where=f"replay {found.number}",
                remedy="Wait until it is finished." if not found.state.is_over() else "Ask for it again.",
            )
        return self.house.vault.read(digest)

    def _newest_replayable(self, pipeline: str) -> date:
        """Of the newest run that went to its end; today before there was one."""
        runs = self.house.ledger.runs(pipeline, limit=_LOOKED_AT)
        ended = (run.request.as_of for run in runs if run.state is RunState.FINISHED)
        return next(ended, self.house.clock().date())


def _words(first: str, last: str, every: str, policies: Sequence[str], holds: Holds) -> Any:
    words = import_module("kingmaker.loop.replaying.ordering").Words
    return words(first=first, last=last, every=every, policies=",".join(policies), holds=holds.value)


def _ordering() -> Any:
    """Loads the libraries that read declarations, which take a while."""
    return import_module("kingmaker.control.replaying.ordering")
