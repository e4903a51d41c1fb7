"""Personal data in a file that nobody has declared yet: seen in memory, so that a draft keeps none of it on a disk."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from kingmaker.cohort.guesses import may_name
from kingmaker.pipeline.privacy import Pii
from kingmaker.ports.source import Reading, Sampled, Source
from kingmaker.privacy.free_text import MOST_VALUES, personal_columns
from kingmaker.privacy.keys import KEY_BYTES
from kingmaker.privacy.masking import Mask


@dataclass(frozen=True, slots=True)
class Personal:
    """Columns to be masked, each with what was seen."""

    drop: tuple[tuple[str, str], ...] = ()
    pseudonymise: tuple[tuple[str, str], ...] = ()

    def mask(self) -> Mask:
        """With a key that nobody keeps: a draft's pseudonyms are gone with it."""
        pii = Pii(drop=tuple(name for name, _ in self.drop), pseudonymise=tuple(name for name, _ in self.pseudonymise))
        key = secrets.token_bytes(KEY_BYTES)
        return Mask(pii, lambda: key)


def personal_of(source: Source, reading: Reading, *, names: Collection[str], keep: Collection[str]) -> Personal:
    """What is to be masked of the source: pseudonymised where a column names customers or applications, as `names` do.

    Columns of `keep` are needed as they are. Raises SourceError for a file that cannot be read.
    """
    if not isinstance(source, Sampled):
        return Personal()
    sample = source.sample(reading, MOST_VALUES)
    if not sample.num_columns:
        return Personal()
    columns = pl.DataFrame(pl.from_arrow(sample)).select(pl.exclude(*keep) if keep else pl.all())
    seen = [(found.column, found.told()) for found in personal_columns(columns)]
    pseudonymise = tuple(pair for pair in seen if pair[0] in names or may_name(pair[0]))
    return Personal(drop=tuple(pair for pair in seen if pair not in pseudonymise), pseudonymise=pseudonymise)
