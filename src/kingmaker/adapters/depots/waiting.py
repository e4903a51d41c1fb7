"""Looking again and again until there is something new, and ending at once when nobody wants to know any more."""

from collections.abc import Callable
from threading import Event
from time import monotonic

from kingmaker.ports.depot import Marked

Look = Callable[[float], Marked | None]
"""One look, which may itself wait for that many seconds; None: nothing new."""


class Waiting:
    """Looks at most every `seconds`. Safe for several threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._over = Event()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def end(self) -> None:
        """From now on nobody waits: who waits now is answered at once."""
        self._over.set()

    def for_news(self, look: Look, wait: float) -> Marked | None:
        """What the first look with news finds; None when `wait` seconds passed without any. Looks once at least."""
        deadline = monotonic() + wait
        while True:
            began = monotonic()
            found = look(0.0 if self.is_over else max(0.0, deadline - began))
            left = deadline - monotonic()
            if found is not None or left <= 0.0 or self.is_over:
                return found
            self._over.wait(min(left, max(0.0, began + self._seconds - monotonic())))
