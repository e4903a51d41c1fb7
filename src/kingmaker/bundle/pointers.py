"""The champion's pointer as endpoints read it: one small signed document, believed only under its publisher's key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from kingmaker.bundle.archive import MAX_ARCHIVE_BYTES
from kingmaker.bundle.contents import Signature
from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.bundle.signatures import Signed, signer_of
from kingmaker.domain.errors import PointerRefused
from kingmaker.domain.pointer import Placed, Pointer

POINTER_CONTEXT: Final = "kingmaker champion pointer 1"
"""Signed ahead of the body: no bundle's signature passes for a pointer's, nor the other way round."""

MAX_POINTER_BYTES: Final = 1 << 20
MAX_SHADOWS: Final = 16
MAX_COUNT: Final = 2**53 - 1
"""Every JSON reader keeps whole numbers up to here."""

Record = TypeVar("Record")

_HEXADECIMAL = frozenset("0123456789abcdef")
_ORIGINAL = "What is in force stays in force. Let the publisher announce again: `kingmaker doctor`."
_POINTER = Signed(what="pointer", part="pointer", context=POINTER_CONTEXT, refused=PointerRefused, remedy=_ORIGINAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """`body` is the pointer's JSON text: the signature is over its exact bytes, whoever parses and writes the envelope."""

    body: str
    signature: Signature


def pointer_name(pipeline: str) -> str:
    """Where a pipeline's pointer lies in a vault."""
    return f"champions/{pipeline}.json"


def report_name(pipeline: str, endpoint: str) -> str:
    """Where an endpoint's report about itself lies in a vault."""
    return f"endpoints/{pipeline}/{endpoint}.json"


def sealed_pointer(pointer: Pointer, key: SigningKey) -> bytes:
    """The signed document. The same pointer and key give the same bytes."""
    body = msgspec.json.encode(pointer, order="deterministic")
    envelope = _Envelope(body=body.decode(), signature=key.sign(body, context=POINTER_CONTEXT))
    return msgspec.json.encode(envelope, order="deterministic") + b"\n"


def read_pointer(data: bytes, *, trusted: Sequence[PublicKey], where: str) -> Pointer:
    """What `sealed_pointer` wrote, under one of the pinned keys. Fields that this release does not know are ignored.

    Raises PointerRefused naming `where` and the first check that failed, whatever the bytes are.
    """
    if len(data) > MAX_POINTER_BYTES:
        raise PointerRefused(
            f"the pointer has {len(data):,} bytes, and none has more than {MAX_POINTER_BYTES:,}",
            where=where,
            remedy=_ORIGINAL,
        )
    envelope = _decoded(data, _Envelope, where)
    body = _bytes_of(envelope.body, where)
    signer_of(envelope.signature, body, _POINTER, trusted=trusted, where=where)
    pointer = _decoded(body, Pointer, where)
    problem = _problem_of(pointer)
    if problem:
        raise PointerRefused(problem, where=where, remedy="Announce it with a release of Kingmaker that fits this one.")
    return pointer


def _decoded(data: bytes, kind: type[Record], where: str) -> Record:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise PointerRefused(f"this is not a pointer: {error}", where=where, remedy=_ORIGINAL) from None


def _bytes_of(body: str, where: str) -> bytes:
    try:
        return body.encode()
    except UnicodeEncodeError:
        raise PointerRefused("the pointer's text is not Unicode", where=where, remedy=_ORIGINAL) from None


def _problem_of(pointer: Pointer) -> str:
    """A signed pointer that still says what no pointer may say; empty when it is sound."""
    if not (1 <= pointer.edition <= MAX_COUNT and 1 <= pointer.turn <= MAX_COUNT):
        return "the pointer's edition and turn are not both counted from 1"
    if pointer.since.tzinfo is None:
        return "the pointer does not say in which time zone its champion began"
    if len(pointer.shadows) > MAX_SHADOWS:
        return (
            f"the pointer names {len(pointer.shadows)} shadows, and at most {MAX_SHADOWS} are scored beside a champion"
        )
    if pointer.canary is not None and not 0.0 < pointer.canary.share < 1.0:
        return f"the canary's share is {pointer.canary.share}, which does not lie between 0 and 1"
    return next((problem for one in pointer.placed if (problem := _problem_of_placed(one))), "")


def _problem_of_placed(placed: Placed) -> str:
    if not (_is_digest(placed.version) and _is_digest(placed.archive)):
        return f"the pointer names version {placed.version[:80]!r} in {placed.archive[:80]!r}, and both must be digests"
    if not 0 < placed.size <= MAX_ARCHIVE_BYTES:
        return f"the bundle of version {placed.version[:12]} is said to have {placed.size} bytes, which no bundle has"
    return ""


def _is_digest(text: str) -> bool:
    return len(text) == 64 and _HEXADECIMAL.issuperset(text)
