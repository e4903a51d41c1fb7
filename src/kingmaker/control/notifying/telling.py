"""The duty that tells what was raised: to every place at least once, late rather than never, and never in the quiet hours."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from kingmaker.control.notifying.digest import Message, messages_of
from kingmaker.control.notifying.hours import QuietHours
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.notice import Notice
from kingmaker.ports.centre_ledger import NoticeLedger
from kingmaker.ports.messenger import Messenger

_LOG = logging.getLogger(__name__)

PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 30.0
AT_ONCE: Final = 200
LEASE: Final = timedelta(minutes=10)
"""Longer than telling takes; if the control centre dies meanwhile, another tells after this time."""
FIRST_RETRY: Final = timedelta(seconds=30)
LONGEST_RETRY: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = 30
"""Attempts: a day, with the longest pause between most of them."""


@dataclass
class _Outcome:
    """What came of one notice in this tick."""

    reached: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Telling:
    """A duty. A place that fails is left alone until the next attempt, and keeps no other place from hearing."""

    name = "telling"

    def __init__(
        self,
        ledger: NoticeLedger,
        messengers: Sequence[Messenger],
        *,
        clock: Callable[[], datetime],
        quiet_hours: QuietHours | None = None,
        link: str = "",
    ) -> None:
        self._ledger = ledger
        self._messengers = messengers
        self._clock = clock
        self._quiet = quiet_hours
        self._link = link

    def tick(self) -> float:
        now = self._clock()
        if self._quiet is not None and self._quiet.hold(now):
            return min(LONGEST_PAUSE, (self._quiet.end_after(now) - now).total_seconds())
        taken = self._ledger.take_notices(lease=LEASE, limit=AT_ONCE)
        outcomes = {notice.number: _Outcome(reached=list(notice.reached)) for notice in taken}
        for messenger in self._messengers:
            self._tell(messenger, [one for one in taken if messenger.place not in one.reached], outcomes)
        for notice in taken:
            self._settle(notice, outcomes[notice.number])
        return PAUSE

    def _tell(self, messenger: Messenger, notices: Sequence[Notice], outcomes: dict[int, _Outcome]) -> None:
        failure = ""
        for message in messages_of(notices, self._quiet):
            failure = failure or self._failure(messenger, message)
            for number in message.numbers:
                outcome = outcomes[number]
                (outcome.failures if failure else outcome.reached).append(failure or messenger.place)

    def _failure(self, messenger: Messenger, message: Message) -> str:
        """Empty when it was told."""
        run = message.notice.run
        link = f"{self._link}/runs/{run}" if self._link and run is not None else self._link
        try:
            messenger.tell(message.notice, link=link)
        except KingmakerError as error:
            return error.sentence()
        return ""

    def _settle(self, notice: Notice, outcome: _Outcome) -> None:
        detail = " ".join(outcome.failures)
        retry_at = None
        if detail and notice.attempts < GIVE_UP_AFTER:
            retry_at = self._clock() + min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(notice.attempts - 1, 10))
        if detail:
            _LOG.warning("notice %d (%s) was not told everywhere: %s", notice.number, notice.cause, detail)
        self._ledger.notice_told(notice.number, reached=outcome.reached, detail=detail, retry_at=retry_at)
