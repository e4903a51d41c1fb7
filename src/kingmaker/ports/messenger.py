"""The messenger: tells people outside. One sentence at a time, to every place that is set up."""

from typing import Protocol

from kingmaker.domain.notice import Notice


class Messenger(Protocol):
    def tell(self, notice: Notice, *, link: str = "") -> None:
        """Blocks until it is told everywhere. Raises KingmakerError naming the place that refused, without its secret."""
