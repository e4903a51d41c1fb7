"""Batches as lines of JSON: by the compiled library where there is one, else by msgspec, byte for byte the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.native.library import Library, library
from kingmaker.bundle.native.lines import LineWriter
from kingmaker.serving.journal.entry import Batch, Layout, check_lengths, joined, scores_of


class Encoding:
    """How the rows of one version are written. Belongs to one thread."""

    def __init__(self, schema: InputSchema, endpoint: str, key: str, *, compiled: Library | None = None) -> None:
        """`key` begins each entry's own. `compiled` defaults to the library that was built with the package."""
        found = library() if compiled is None else compiled
        self._layout = Layout(schema)
        self._endpoint = endpoint
        self._key = key
        self._encoder = msgspec.json.Encoder()
        self._entry = b'{"entry":%b' % self._encoder.encode(f"{key}-")[:-1]
        self._endings: dict[tuple[str, bool], int] = {}
        self._ending_texts: list[bytes] = []
        self._roles: dict[str, bytes] = {}
        names = [self._encoder.encode(name) for name in self._layout.names]
        is_known = found is not None and found.write is not None
        self._writer = LineWriter(found, names, len(schema.numbers)) if found is not None and is_known else None

    @property
    def is_compiled(self) -> bool:
        return self._writer is not None

    def encoded(self, batches: Sequence[Batch], first: int) -> tuple[bytes, int]:
        """Lines of some batches of the version, with entries from `first` on, and how many there are.

        Raises whatever a batch provokes whose parts do not fit together.
        """
        if self._writer is None:
            lines = self._layout.lines(batches, endpoint=self._endpoint, key=self._key, first=first)
            return self._encoder.encode_lines(lines), len(lines)
        for batch in batches:
            check_lengths(batch)
        return self._written(self._writer, batches, first)

    def _written(self, writer: LineWriter, batches: Sequence[Batch], first: int) -> tuple[bytes, int]:
        encode, scores = self._encoder.encode, scores_of(batches)
        ids = [None if id_ is None else encode(id_) for batch in batches for id_ in batch.ids]
        nums = [batch.num for batch in batches if batch.num is not None]
        data = writer.write(
            first=first,
            entry=self._entry,
            starts=[self._start(batch) for batch in batches],
            start_of=np.repeat(np.arange(len(batches)), [len(batch.ids) for batch in batches]),
            ids=ids,
            pd=scores.pd,
            score=scores.score,
            ending_of=self._endings_of(scores.grade.tolist(), scores.approved.tolist()),
            endings=self._ending_texts,
            num=joined(nums) if nums else None,
            texts=[
                encode(text) if text else None
                for batch in batches
                if batch.cat is not None
                for row in batch.cat.tolist()
                for text in row
            ],
        )
        return data, len(ids)

    def _start(self, batch: Batch) -> bytes:
        """What follows an entry's number, up to its id."""
        encode = self._encoder.encode
        rest = self._roles.get(batch.role)
        if rest is None:
            told = (encode(self._endpoint), encode(batch.role), encode(batch.version))
            rest = self._roles[batch.role] = b',"endpoint":%b,"role":%b,"version":%b,"id":' % told
        return b'","answered_at":%b%b' % (encode(datetime.fromtimestamp(batch.at, UTC)), rest)

    def _endings_of(self, grades: Sequence[str], approved: Sequence[bool]) -> list[int]:
        """The place of each row's ending among the texts: what follows a score, up to its features."""
        pairs = list(zip(grades, approved, strict=True))
        try:
            return [self._endings[pair] for pair in pairs]
        except KeyError:
            for grade, is_approved in set(pairs) - self._endings.keys():
                self._endings[grade, is_approved] = len(self._ending_texts)
                told = (self._encoder.encode(grade), b"approve" if is_approved else b"decline")
                self._ending_texts.append(b',"grade":%b,"decision":"%b","features":{' % told)
            return [self._endings[pair] for pair in pairs]
