"""The mask: columns that nobody keeps, and columns kept under pseudonyms, on Arrow data before it reaches a disk."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Final

import pyarrow as pa

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.canonical import canonical, is_missing

PSEUDONYM_DIGITS: Final = 32
"""128 of HMAC-SHA-256's 256 bits: among a thousand million values two meet with a chance of 1.5e-21."""


@dataclass(frozen=True)
class Mask:
    """`pii` as declared. `key` is asked for only where something is pseudonymised.

    `strict`: every column that is to be masked must be there.
    """

    pii: Pii = field(default_factory=Pii)
    key: Callable[[], bytes] = bytes
    strict: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing is masked."""
        return not (self.pii.drop or self.pii.pseudonymise)

    def columns(self, names: Sequence[str]) -> list[str]:
        """What is left of a table's columns."""
        return [name for name in names if name not in self.pii.drop]

    def check(self, names: Sequence[str], where: str) -> None:
        """Raises SourceError unless all that is to be masked is among the columns `names` of the source; never if not strict.

        A misspelt name would leave the column that was meant as it is. Of the other columns only the nearest is told: a file
        without a header has data for names.
        """
        named = (("pii.drop", self.pii.drop), ("pii.pseudonymise", self.pii.pseudonymise))
        absent = [(key, name) for key, wanted in named for name in wanted if name not in names]
        if absent and self.strict:
            sentences = [f"`{key}` names `{name}`, which is not a column of the source" for key, name in absent]
            raise SourceError("; ".join(sentences), where=where, remedy=_nearest([name for _, name in absent], names))

    def prepare(self) -> None:
        """Ask for the key now, so that what is wrong with it is told before anything is read."""
        if self.pii.pseudonymise:
            _ = self._key

    def fingerprint(self) -> str:
        """Changes with the key, where one is used; tells nothing of it. Empty where nothing is pseudonymised."""
        return hmac.digest(self._key, b"which key", "sha256").hex() if self.pii.pseudonymise else ""

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch without what is dropped, with pseudonyms (text) for what is pseudonymised; missing stays missing."""
        kept = batch.select(self.columns(batch.schema.names))
        for name in self.pii.pseudonymise:
            place = kept.schema.get_field_index(name)
            if place >= 0:
                kept = kept.set_column(place, name, self.pseudonyms(kept.column(place)))
        return kept

    def pseudonym(self, value: object) -> str:
        """The same for the same value, however it is typed: 12, 12.0 and '12' are one customer."""
        return hmac.digest(self._key, canonical(value).encode("utf-8", "surrogateescape"), "sha256").hex()[
            :PSEUDONYM_DIGITS
        ]

    def pseudonyms(self, values: pa.Array) -> pa.Array:
        """Text for text, numbers or dates; null for null, NaN and blank text."""
        if pa.types.is_nested(values.type):
            return pa.array([self._told(one) for one in values.to_pylist()], pa.string())
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        told = [self._told(one) for one in encoded.dictionary.to_pylist()]
        return pa.array(told, pa.string()).take(encoded.indices)

    def _told(self, value: object) -> str | None:
        return None if is_missing(value) else self.pseudonym(value)

    @cached_property
    def _key(self) -> bytes:
        return self.key()


def _nearest(absent: Sequence[str], names: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in names}
    near = [(name, get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)) for name in absent]
    told = [f"The nearest column to `{name}` is `{folded[found[0]]}`." for name, found in near if found]
    return " ".join(told) or "Name the columns as the source does, or take them out."
