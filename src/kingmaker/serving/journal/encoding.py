"""Batches as lines of JSON: by the compiled library where there is one, else by msgspec, byte for byte the same."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from kingmaker.bundle.contents import InputSchema
from kingmaker.bundle.native.forest import Floats
from kingmaker.bundle.native.library import Library, library
from kingmaker.bundle.native.lines import LineWriter
from kingmaker.serving.journal.entry import Batch, Layout, check_lengths, joined, scores_of, stepped_of


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
        encode, (pd, score, ending_of) = self._encoder.encode, self._answers(batches)
        ids = [id_ for batch in batches for id_ in batch.ids]
        nums = [batch.num for batch in batches if batch.num is not None]
        data = writer.write(
            first=first,
            entry=self._entry,
            starts=[self._start(batch) for batch in batches],
            start_of=np.repeat(np.arange(len(batches)), [len(batch.ids) for batch in batches]),
            ids=None if ids.count(None) == len(ids) else [None if id_ is None else encode(id_) for id_ in ids],
            pd=pd,
            score=score,
            endings=self._ending_texts,
            ending_of=ending_of,
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

    def _answers(self, batches: Sequence[Batch]) -> tuple[Floats, NDArray[np.generic], NDArray[np.int32]]:
        """Each row's pd, its score, and the place of its ending."""
        stepped = stepped_of(batches)
        if stepped is None:
            scores = scores_of(batches)
            endings = [*zip(scores.grade.tolist(), scores.approved.tolist(), strict=True)]
            return scores.pd, scores.score, self._places(endings)
        pd, score, place, approved, _ = stepped.answers
        of_grade = self._places([(grade, flag) for grade in stepped.graph.grades for flag in (False, True)])
        return pd, score, of_grade[(place * 2 + approved).astype(np.intp)]

    def _start(self, batch: Batch) -> bytes:
        """What follows an entry's number, up to its id."""
        encode = self._encoder.encode
        rest = self._roles.get(batch.role)
        if rest is None:
            told = (encode(self._endpoint), encode(batch.role), encode(batch.version))
            rest = self._roles[batch.role] = b',"endpoint":%b,"role":%b,"version":%b,"id":' % told
        return b'","answered_at":%b%b' % (encode(datetime.fromtimestamp(batch.at, UTC)), rest)

    def _places(self, endings: Sequence[tuple[str, bool]]) -> NDArray[np.int32]:
        """Where the texts for grades and approvals are: what follows a score, up to its features."""
        for grade, approved in set(endings) - self._endings.keys():
            self._endings[grade, approved] = len(self._ending_texts)
            told = (self._encoder.encode(grade), b"approve" if approved else b"decline")
            self._ending_texts.append(b',"grade":%b,"decision":"%b","features":{' % told)
        return np.array([self._endings[one] for one in endings], dtype=np.int32)
