"""Records to JSON and back. The same record always gives the same bytes, so that a digest over them means something."""

from typing import TypeVar

import msgspec

from kingmaker.domain.errors import BundleRefused

Record = TypeVar("Record")


def to_json(record: object) -> bytes:
    """Readable JSON with sorted maps and a final newline. NaN and infinities are written as null."""
    return msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1) + b"\n"


def from_json(data: bytes, kind: type[Record], *, where: str) -> Record:
    """The inverse of `to_json`. Raises BundleRefused naming `where` and the place in it that does not fit."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BundleRefused(
            f"the file is not what a bundle of this format holds: {error}",
            where=where,
            remedy="Use the kingmaker release that published it, or a newer one.",
        ) from error
