"""Reasons for answers: an explainer for each version, made when it is first asked for, with the team's own words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

import msgspec

from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.reasons.explainer import Explainer, Reason
from kingmaker.bundle.scorer import Floats, Texts
from kingmaker.domain.errors import KingmakerError
from kingmaker.serving.deployed import Deployed
from kingmaker.serving.readings import Reading
from kingmaker.serving.refusals import RowsRefused

MOST_REASONS = 20


Explain = Callable[[Bundle, Mapping[str, str]], Explainer]


class Words:
    """What columns are called towards applicants: a JSON object in a file, read again whenever the file has changed.

    A file that cannot be read leaves the words as they were.
    """

    def __init__(self, path: Path | None) -> None:
        """Raises KingmakerError for a file that cannot be read now."""
        self._path = path
        self._seen: object = None
        self.words: Mapping[str, str] = {}
        self.failure = ""
        self.refresh()
        if self.failure:
            raise KingmakerError(
                self.failure, where=str(path), remedy='Write one JSON object, like {"term": "the term of the loan"}.'
            )

    def refresh(self) -> bool:
        """Whether there are other words than before."""
        if self._path is None:
            return False
        before = self.words
        try:
            found = self._path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen == self._seen:
                return False
            self._seen = seen
            self.words = msgspec.json.decode(self._path.read_bytes(), type=dict[str, str])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            self.failure = f"the words of the reasons cannot be read: {error}"
            return False
        self.failure = ""
        return self.words != before


class Explaining:
    """Belongs to no thread; making an explainer and explaining both take milliseconds: never on the event loop."""

    def __init__(self, explain: Explain, words: Words | None = None) -> None:
        self._explain = explain
        self._words = words or Words(None)
        self._lock = Lock()
        self._made: dict[str, Explainer] = {}
        self._explained = 0

    @property
    def is_wanted(self) -> bool:
        """Whether anybody has asked for reasons yet."""
        return self._explained > 0

    def keep(self, deployed: Sequence[Deployed]) -> None:
        """Make the explainers of these versions, and forget all others."""
        versions = {one.version for one in deployed}
        with self._lock:
            self._made = {version: made for version, made in self._made.items() if version in versions}
            for one in deployed:
                self._of(one)

    def reasons(
        self, deployed: Deployed, num: Floats | None, cat: Texts | None, count: int
    ) -> list[tuple[Reason, ...]]:
        """The strongest reasons of each row. Raises RowsRefused when the model cannot be explained here."""
        try:
            with self._lock:
                if self._words.refresh():
                    self._made.clear()
                explainer = self._of(deployed)
            ranked = explainer.rank(num, cat, count)
            rows = len(num) if num is not None else len(cat) if cat is not None else 0
            told = [explainer.tell(ranked, row) for row in range(rows)]
        except KingmakerError as error:
            raise RowsRefused(
                f"the model's answers cannot be explained here: {error.what}",
                code="reasons_unavailable",
                remedy=error.remedy or "Ask again without `reasons`.",
            ) from error
        self._explained += rows
        return told

    def readings(self) -> Iterable[Reading]:
        yield Reading(
            name="explained_rows", told="Rows whose reasons were given.", value=self._explained, kind="counter"
        )
        yield Reading(
            name="words_unreadable",
            told="1 while the file of words cannot be read and the earlier words are in use.",
            value=float(bool(self._words.failure)),
        )

    def _of(self, deployed: Deployed) -> Explainer:
        if deployed.version not in self._made:
            schema = deployed.bundle.schema
            words = {column: told for column, told in self._words.words.items() if column in schema.names}
            self._made[deployed.version] = self._explain(deployed.bundle, words)
        return self._made[deployed.version]
