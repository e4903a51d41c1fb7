"""The scan for personal data that nobody declared: values are looked at, counted, and never told."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.pipeline.privacy import Pii
from kingmaker.privacy.patterns import MAY_HOLD_SOME, PersonalData, personal_data_of

CHECK = "personal_data"
MOST_VALUES = 50_000
"""Looked at in a column, evenly spread: enough to see a share of the limit some fifty times."""
LIMIT = 0.001
"""Share of a text column's values above which it is told. A few hits may be chance; many texts have one in a thousand."""
LIMIT_OF_NUMBERS = 0.5
"""The same of a column of bare digits: some account numbers read like phone numbers; of phones all do."""
_LEAST_NUMBER = 10_000_000_000
"""Eleven digits, those of a Chinese mobile number."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of the `looked_at` values of a column so many hold a kind of personal data."""

    column: str
    looked_at: int
    counts: tuple[tuple[PersonalData, int], ...]
    limit: float

    @property
    def share(self) -> float:
        return sum(count for _, count in self.counts) / self.looked_at

    def told(self) -> str:
        """`312 of 10,000 values hold a phone number and 5 a mail address`."""
        (kind, count), *others = self.counts
        verb = "holds" if count == 1 else "hold"
        more = "".join(f" and {number:,} {other.value}" for other, number in others)
        return f"{count:,} of {self.looked_at:,} values {verb} {kind.value}{more}"


def scan(rows: pl.DataFrame, pii: Pii) -> list[Finding]:
    """A warning for each column with personal data that is neither masked nor cleared. Raw columns; none is changed."""
    cleared = {*pii.allow, *pii.pseudonymise}
    return [_finding(found) for found in personal_columns(rows.select(pl.exclude(*cleared) if cleared else pl.all()))]


def personal_columns(rows: pl.DataFrame) -> Iterator[Found]:
    """The columns with more personal data than the limit, in their order."""
    for column in rows.iter_columns():
        texts = _texts(column)
        if texts is None or texts.is_empty():
            continue
        counts = _counts(texts)
        if not counts:
            continue
        limit = LIMIT_OF_NUMBERS if texts.str.contains(r"^\d+$").all() else LIMIT
        found = Found(column.name, len(texts), tuple(counts.most_common()), limit)
        if found.share > limit:
            yield found


def _texts(column: pl.Series) -> pl.Series | None:
    """Some of the column's filled values as text, evenly spread; None for a column that cannot hold personal data."""
    if column.dtype.is_numeric():
        most = column.max()
        if not isinstance(most, int | float) or not most >= _LEAST_NUMBER:
            return None
        return _some(column).cast(pl.Int64, strict=False).drop_nulls().cast(pl.String)
    return _some(column).cast(pl.String) if isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum) else None


def _some(column: pl.Series) -> pl.Series:
    filled = column.drop_nulls() if column.null_count() else column
    return filled.gather_every(max(1, -(-len(filled) // MOST_VALUES)))


def _counts(texts: pl.Series) -> Counter[PersonalData]:
    """The regular expression looks at all values, Python at each distinct one that it lets through."""
    suspects = texts.filter(texts.str.contains(MAY_HOLD_SOME)).value_counts(name="times")
    counts: Counter[PersonalData] = Counter()
    for text, times in suspects.iter_rows():
        kind = personal_data_of(text)
        if kind is not None:
            counts[kind] += times
    return counts


def _finding(found: Found) -> Finding:
    column = found.column
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        column=column,
        value=found.share,
        limit=found.limit,
        sentence=f"personal data in `{column}`: {found.told()}",
        remedy=(
            "Declare it under `pii.drop`, or under `pii.pseudonymise` if it names the customer; "
            f"if it is none, clear `{column}` in `pii.allow`."
        ),
    )
