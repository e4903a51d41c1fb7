"""The mask: columns that nobody keeps, and columns kept under pseudonyms, on Arrow batches before they reach a disk."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyarrow as pa

from kingmaker.pipeline.privacy import Pii

PSEUDONYM_DIGITS: Final = 32
"""128 of HMAC-SHA-256's 256 bits: among a thousand million values two meet with a chance of 1.5e-21."""


@dataclass(frozen=True)
class Mask:
    """`pii` as declared. `key` is asked for only where something is pseudonymised."""

    pii: Pii = field(default_factory=Pii)
    key: Callable[[], bytes] = bytes

    def columns(self, names: Sequence[str]) -> list[str]:
        """What is left of a table's columns."""
        return [name for name in names if name not in self.pii.drop]

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch without what is dropped, with pseudonyms (text) for what is pseudonymised; missing stays missing."""
        kept = batch.select(self.columns(batch.schema.names))
        for name in self.pii.pseudonymise:
            place = kept.schema.get_field_index(name)
            if place >= 0:
                kept = kept.set_column(place, name, self._pseudonyms(kept.column(place)))
        return kept

    def pseudonym(self, value: object) -> str:
        """The same for the same value, however it is typed: 12, 12.0 and '12' are one customer."""
        return hmac.digest(self._key, _canonical(value).encode(), "sha256").hex()[:PSEUDONYM_DIGITS]

    @cached_property
    def _key(self) -> bytes:
        return self.key()

    def _pseudonyms(self, values: pa.Array) -> pa.Array:
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        told = [None if one is None else self.pseudonym(one) for one in encoded.dictionary.to_pylist()]
        return pa.array(told, pa.string()).take(encoded.indices)


def _canonical(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
