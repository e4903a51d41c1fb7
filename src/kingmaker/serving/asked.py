"""One request for scores on its way, whatever protocol it came by."""

from abc import ABC, abstractmethod

from kingmaker.bundle.reasons.explainer import Reason
from kingmaker.serving.fields import Fields, Rows


class Scored:
    """Answers for the rows of several requests in order, as plain values. `versions` are the first 12 digits.

    `reasons` has the strongest reasons of each row, None where nobody asked.
    """

    __slots__ = ("approved", "grade", "pd", "reasons", "score", "versions")

    def __init__(
        self, pd: list[float], score: list[int], grade: list[str], approved: list[bool], versions: list[str]
    ) -> None:
        self.pd = pd
        self.score = score
        self.grade = grade
        self.approved = approved
        self.versions = versions
        self.reasons: list[tuple[Reason, ...]] | None = None


class Asked(ABC):
    """What a protocol's adapter hands to the desk, which calls either `answer` or `refuse`, once, on the event loop's thread.

    `rows` were read with `fields`; both None leaves the reading to a thread of its own, as suits large bodies.
    `reasons` is how many are wanted for each row.
    """

    __slots__ = ("fields", "reasons", "rows")

    def __init__(self, fields: Fields | None, rows: Rows | None, reasons: int = 0) -> None:
        self.fields = fields
        self.rows = rows
        self.reasons = reasons

    @abstractmethod
    def read(self, fields: Fields) -> Rows:
        """The rows, read for these fields: called again when they are not those of `rows`. Raises RowsRefused. Any thread."""

    @abstractmethod
    def form(self, scored: Scored, start: int) -> bytes:
        """The body of the answer, from the scored rows from `start` on. Any thread."""

    @abstractmethod
    def answer(self, body: bytes) -> None:
        """Send what `form` gave."""

    @abstractmethod
    def refuse(self, error: Exception) -> None:
        """RowsRefused, or anything else that went wrong."""

    def rows_for(self, fields: Fields) -> Rows:
        """The rows as these fields read them."""
        if self.rows is None or self.fields is not fields:
            return self.read(fields)
        return self.rows
