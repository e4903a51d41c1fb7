"""Segments in the vault's inbox: what they are called, and the answers in them."""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from kingmaker.domain.errors import KingmakerError

INBOX = "inbox"
FORMAT = 1
"""The newest form of a segment that is read here."""
LARGEST_BYTES = 256 << 20
"""A segment unpacks to at most this much: the journal closes it at 32 MiB."""

_GZIP = zlib.MAX_WBITS | 16
"""zlib's own way of saying that a header of gzip is expected."""
_NAME = re.compile(r"(?P<day>\d{8})T\d{6}Z-(?P<token>[A-Za-z0-9]+)-(?P<number>\d{6,9})\.jsonl(?P<packed>\.gz)?")


class SegmentDamaged(KingmakerError):
    """It is not what a journal wrote, or not all of it."""

    code = "segment_damaged"


class Answer(msgspec.Struct, gc=False):
    """A logged answer, as far as monitoring reads it."""

    answered_at: datetime
    role: str
    version: str
    pd: float
    score: int
    grade: str
    decision: str
    id: str | None = None
    features: dict[str, float | str | None] = {}


class _Head(msgspec.Struct):
    format: int


class _First(msgspec.Struct):
    segment: _Head


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """`token` names the process that wrote it, which counts its segments by `number`: together they name a segment."""

    day: date
    endpoint: str
    token: str
    number: int
    name: str
    """In the vault."""


def segment_of(name: str) -> Segment | None:
    """What a name in the vault says; None for what no journal left."""
    parts = name.split("/")
    if len(parts) != 4 or parts[0] != INBOX:
        return None
    found = _NAME.fullmatch(parts[3])
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return Segment(day=day, endpoint=parts[2], token=found["token"], number=int(found["number"]), name=name)


def answers_in(data: bytes, name: str) -> Iterator[Answer]:
    """The answers of a segment, packed or not. Raises SegmentDamaged, before the first one or after some."""
    lines = unpacked(data, name).split(b"\n")
    if lines.pop() or not lines:
        raise SegmentDamaged("its last line is torn", where=name)
    decoder = msgspec.json.Decoder(Answer)
    try:
        head = msgspec.json.decode(lines[0], type=_First).segment
        if head.format > FORMAT:
            raise SegmentDamaged("it was written by a newer version", where=name)
        for line in lines[1:]:
            if not line.startswith((b'{"schema":', b'{"segment":')):
                yield decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SegmentDamaged(f"{error}", where=name) from None


def unpacked(data: bytes, name: str) -> bytes:
    """The lines of a segment, packed or not. Raises SegmentDamaged."""
    if not name.endswith(".gz"):
        return data
    try:
        unpacking = zlib.decompressobj(wbits=_GZIP)
        found = unpacking.decompress(data, LARGEST_BYTES)
    except zlib.error as error:
        raise SegmentDamaged(f"it cannot be unpacked: {error}", where=name) from None
    if not unpacking.eof:
        raise SegmentDamaged("it ends too early, or is larger than any segment", where=name)
    return found
