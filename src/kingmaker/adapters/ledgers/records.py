"""Records as canonical JSON, the same text for the same record on every machine, and the digests of such text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
import numpy as np

Record = TypeVar("Record")


def to_text(record: object) -> str:
    """JSON with sorted keys and ASCII only. NaN and infinities are kept, which strict JSON cannot say."""
    return json.dumps(msgspec.to_builtins(record, enc_hook=_number), sort_keys=True, separators=(",", ":"))


def from_text(text: str, kind: type[Record]) -> Record:
    """The inverse of `to_text`. Raises msgspec.ValidationError when the text is not such a record."""
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError:  # strict JSON knows no NaN, or it is no such record
        return msgspec.convert(json.loads(text), kind)


def digest_of(values: Mapping[str, Any]) -> str:
    """SHA-256 of the values as canonical JSON: names, dates, moments in UTC, numbers and texts."""
    return hashlib.sha256(to_text(dict(values)).encode("ascii")).hexdigest()


def storable(text: str) -> str:
    """The text without what no database keeps: NUL and halves of surrogate pairs (in the output of crashed programs)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _number(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"a {type(value).__name__} is no part of a record")
