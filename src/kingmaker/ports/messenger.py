"""The messenger: tells people outside. One message at a time, to one place."""

from typing import Protocol

from kingmaker.domain.notice import Notice


class Messenger(Protocol):
    @property
    def place(self) -> str:
        """Where it tells, without its secret; the same after a restart."""

    def tell(self, notice: Notice, *, link: str = "") -> None:
        """Blocks until it is told, some ten seconds at most. Raises KingmakerError naming the place, without its secret."""
