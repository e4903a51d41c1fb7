"""How long a stage still takes, as far as it can be told from how far it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kingmaker.domain.queue import RunEvent

_SOON: Final = timedelta(seconds=3)
"""Before that, what is done says little about what is not."""


@dataclass(frozen=True, slots=True)
class Advance:
    """How far the stage under way is: since `first` was told, `newest.done` of `newest.total`."""

    first: RunEvent
    newest: RunEvent

    def after(self, event: RunEvent) -> "Advance":
        """With what was told next; another stage, or another count, begins anew."""
        same = event.stage == self.newest.stage and event.total == self.newest.total and event.done >= self.newest.done
        return Advance(self.first, event) if same else Advance(event, event)

    def remaining(self, now: datetime) -> timedelta | None:
        """At the pace so far; None as long as nothing can be said."""
        done, left = self.newest.done - self.first.done, self.newest.total - self.newest.done
        passed = self.newest.at - self.first.at
        if done <= 0 or left <= 0 or passed < _SOON:
            return None
        return max(passed / done * left - (now - self.newest.at), timedelta(0))
