"""The writer: what was recorded, as lines in the open segment."""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from kingmaker.bundle.contents import InputSchema
from kingmaker.serving.journal.encoding import Encoding
from kingmaker.serving.journal.entry import FORMAT, Batch, cut
from kingmaker.serving.journal.limits import Rotation
from kingmaker.serving.journal.place import Place
from kingmaker.serving.journal.segments import OpenSegment, segment_name
from kingmaker.serving.journal.tally import Tally

ROWS_AT_ONCE, MOST_AT_ONCE = 128, 4_096
"""Encoding a portion of the first holds the interpreter for some 40 µs with the compiled library and some 400 µs without;
writing lets go of it. A busy event loop gives the interpreter back late, so a writer that falls behind takes more at a time.
"""

_SHARE = 2
"""A portion is at most such a part of what waits."""


class Writer:
    """Belongs to one thread. `clock` is the time of day in seconds since 1970, `elapsed` never goes back."""

    def __init__(
        self,
        place: Place,
        token: str,
        rotation: Rotation,
        tally: Tally,
        *,
        clock: Callable[[], float],
        elapsed: Callable[[], float],
        close: Callable[[OpenSegment], object] = OpenSegment.close,
    ) -> None:
        """`close` is given each segment that is full or old; to close one takes as long as the disk does."""
        self._place = place
        self._token = token
        self._rotation = rotation
        self._tally = tally
        self._clock = clock
        self._elapsed = elapsed
        self._close = close
        self._encoder = msgspec.json.Encoder()
        self._encodings: dict[str, Encoding] = {}
        self._segment: OpenSegment | None = None
        self._described: set[str] = set()
        self._segments = self._entries = 0
        self._latest = 0.0
        self._opened = 0.0
        self._refused_until = float("-inf")

    def drain(self, queue: deque[Batch]) -> None:
        """Write what is in the queue. Nothing that a disk or a batch does wrong is raised: it is counted."""
        for batches in self._portions(queue):
            rows = sum(len(batch.ids) for batch in batches)
            if self._elapsed() < self._refused_until:
                self._tally.disk += rows
            else:
                self._write(batches)
            self._tally.drained += rows
        if self._segment and self._elapsed() - self._opened >= self._rotation.age:
            self.close()

    def close(self) -> None:
        """Close the segment; the next row opens another."""
        if self._segment:
            self._close(self._segment)
        self._segment = None
        self._described.clear()

    def _portions(self, queue: deque[Batch]) -> Iterator[list[Batch]]:
        """The queue's rows: at least `_at_once` and less than twice as many at a time, the last ones without their like."""
        portion: list[Batch] = []
        rows, wanted = 0, self._at_once()
        while queue:
            batch = queue.popleft()
            for part in (batch,) if len(batch.ids) <= wanted else _small(batch, wanted):
                portion.append(part)
                rows += len(part.ids)
                if rows >= wanted:
                    yield portion
                    portion, rows = [], 0
            wanted = wanted if portion else self._at_once()
        if portion:
            yield portion

    def _at_once(self) -> int:
        waiting = self._tally.recorded - self._tally.drained
        return max(ROWS_AT_ONCE, min(MOST_AT_ONCE, waiting // _SHARE))

    def _write(self, batches: list[Batch]) -> None:
        versions: dict[str, list[Batch]] = {}
        for batch in batches:
            versions.setdefault(batch.version, []).append(batch)
        before = self._entries
        lines = b"".join(map(self._lines, versions.values()))
        if not lines:
            return
        try:
            self._store(lines, {version: same[0].schema for version, same in versions.items()})
        except OSError as error:
            self._refused(error)
            self._tally.disk += self._entries - before
        else:
            self._tally.written += self._entries - before
            self._tally.writing_failure = ""

    def _lines(self, batches: list[Batch]) -> bytes:
        """The lines of batches of one version; those of a batch that makes no sense are left out and counted."""
        version = batches[0].version
        try:
            encoding = self._encodings.get(version) or Encoding(batches[0].schema, self._place.endpoint, self._token)
            lines, entries = encoding.encoded(batches, self._entries)
        except Exception as error:  # noqa: BLE001 - one batch that makes no sense must not end the journal
            if len(batches) > 1:
                return b"".join(self._lines([batch]) for batch in batches)
            self._tally.unreadable += len(batches[0].ids)
            self._tally.batch_failure = f"A batch of version {version[:12]} could not be logged: {error}"
            return b""
        self._encodings[version] = encoding
        self._entries += entries
        return lines

    def _store(self, lines: bytes, schemas: dict[str, InputSchema]) -> None:
        if self._segment and self._segment.size + len(lines) > self._rotation.size:
            self.close()
        heads: list[object] = []
        if self._segment is None:
            self._segment, name = self._open()
            heads.append({"segment": self._head(name)})
        unknown = [version for version in schemas if version not in self._described]
        heads += [{"schema": _described(version, schemas[version])} for version in unknown]
        self._segment.write(self._encoder.encode_lines(heads) + lines if heads else lines)
        self._described.update(unknown)

    def _open(self) -> tuple[OpenSegment, str]:
        """Names keep their order when the clock is set back."""
        self._latest = max(self._latest, self._clock())
        self._segments += 1
        name = segment_name(self._latest, self._token, self._segments)
        opened = OpenSegment(self._place.path, name)
        self._opened = self._elapsed()
        return opened, name

    def _head(self, name: str) -> dict[str, object]:
        return {"format": FORMAT, "pipeline": self._place.pipeline, "endpoint": self._place.endpoint, "name": name}

    def _refused(self, error: OSError) -> None:
        self.close()
        self._refused_until = self._elapsed() + self._rotation.probe
        self._tally.writing_failure = f"{self._place.path}: the log cannot be written: {error.strerror or error}"


def _small(batch: Batch, rows: int) -> Iterator[Batch]:
    for start in range(0, len(batch.ids), rows):
        yield cut(batch, slice(start, start + rows))


def _described(version: str, schema: InputSchema) -> dict[str, object]:
    return {"version": version, "fields": {field.name: field.kind for field in (*schema.numbers, *schema.categories)}}
