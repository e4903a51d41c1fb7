"""Explored loans: would-be rejects who were accepted at random, and how many applicants each of them stands for."""

import polars as pl

from kingmaker.cohort.maturity import label_text
from kingmaker.domain.snapshot import Finding, Severity
from kingmaker.pipeline.declaration import Acceptance

_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def weights_of(raw: pl.DataFrame, acceptance: Acceptance) -> pl.Series:
    """1 / propensity of each explored loan, at most `max_weight`; 1 for all others, and for all where none are declared."""
    if acceptance.explored is None or acceptance.propensity is None:
        return pl.repeat(1.0, raw.height, dtype=pl.Float64, eager=True)
    explored = _truths(raw[acceptance.explored]).fill_null(value=False)
    weight = (1.0 / _numbers(raw[acceptance.propensity])).fill_null(1.0).clip(1.0, acceptance.max_weight)
    return weight.zip_with(explored, pl.repeat(1.0, raw.height, dtype=pl.Float64, eager=True))


def check_exploration(raw: pl.DataFrame, acceptance: Acceptance) -> list[Finding]:
    """Refusals for an `explored` that is neither true nor false and for explored loans without a propensity in (0, 1].

    A missing `explored` means that the loan was not explored. Both declared columns must exist.
    """
    if acceptance.explored is None or acceptance.propensity is None:
        return []
    explored = raw[acceptance.explored]
    truths = _truths(explored)
    unclear = explored.filter(label_text(explored).is_not_null() & truths.is_null())
    if not unclear.is_empty():
        return [_neither_true_nor_false(unclear)]
    chances = raw[acceptance.propensity].filter(truths.fill_null(value=False))
    number = _numbers(chances)
    wrong = chances.filter((number.is_null() | ~((number > 0.0) & (number <= 1.0))).fill_null(value=True))
    return [] if wrong.is_empty() else [_no_chance(wrong, acceptance.explored)]


def _truths(column: pl.Series) -> pl.Series:
    """True or false; null where the value is missing or says neither."""
    return label_text(column).str.to_lowercase().replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)


def _numbers(column: pl.Series) -> pl.Series:
    text = column.str.strip_chars() if column.dtype == pl.String else column
    return text.cast(pl.Float64, strict=False).fill_nan(None)


def _neither_true_nor_false(unclear: pl.Series) -> Finding:
    return Finding(
        check="not_true_or_false",
        severity=Severity.REFUSAL,
        column=unclear.name,
        value=float(len(unclear)),
        limit=0.0,
        sentence=(
            f"`{unclear.name}` must say who was accepted at random, but {len(unclear):,} of its values are neither true nor "
            f"false: for instance {unclear[0]!r}"
        ),
        remedy="Write true or false, 1 or 0, or yes or no; make the column in a task if need be.",
    )


def _no_chance(wrong: pl.Series, explored: str) -> Finding:
    first = "nothing" if wrong[0] is None else repr(wrong[0])
    return Finding(
        check="no_propensity",
        severity=Severity.REFUSAL,
        column=wrong.name,
        value=float(len(wrong)),
        limit=0.0,
        sentence=(
            f"`{wrong.name}` must be above 0 and at most 1 wherever `{explored}` is true; for {len(wrong):,} explored loans it "
            f"is not: for instance {first}"
        ),
        remedy="Give the chance that each of them had of being accepted, as a share such as 0.05; it is not a percentage.",
    )
