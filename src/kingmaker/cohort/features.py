"""Which columns the model may use, of which kind, and why each of the others is left out."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from kingmaker.cohort.dates import holds_dates
from kingmaker.cohort.roles import role_columns
from kingmaker.domain.snapshot import ColumnKind, Feature, Finding, LeftOut, Severity
from kingmaker.pipeline.declaration import Direction, Pipeline

_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Features in the source's order, everything else with its reason, and what was noticed on the way."""

    features: tuple[Feature, ...]
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...]

    def and_then(self, more: "Columns") -> "Columns":
        """These, followed by more columns of the same source."""
        return Columns(
            features=self.features + more.features,
            left_out=self.left_out + more.left_out,
            findings=self.findings + more.findings,
        )


def choose_columns(raw: pl.DataFrame, pipeline: Pipeline) -> Columns:
    """Sort the raw columns of the labelled rows into features and columns left out."""
    features: list[Feature] = []
    left_out: list[LeftOut] = []
    findings: list[Finding] = []
    declared = _declared_reasons(raw.columns, pipeline)
    for name in raw.columns:
        if name in declared:
            left_out.append(LeftOut(column=name, reason=declared[name]))
            continue
        kind, reason, noticed = _judge(raw[name], pipeline)
        findings += noticed
        if kind is None:
            left_out.append(LeftOut(column=name, reason=reason))
        else:
            features.append(Feature(name=name, kind=kind, monotone=_monotone(name, pipeline)))
    return Columns(features=tuple(features), left_out=tuple(left_out), findings=tuple(findings))


def _declared_reasons(columns: list[str], pipeline: Pipeline) -> dict[str, str]:
    """Reasons that need no look at the values. Roles win over what the features section says."""
    wanted = pipeline.features
    reasons: dict[str, str] = {}
    if wanted.include != "auto":
        reasons = dict.fromkeys(
            (name for name in columns if name not in wanted.include), "it is not in `features.include`"
        )
    reasons |= dict.fromkeys(wanted.protected, "a protected attribute: used for fairness reporting only")
    reasons |= dict.fromkeys(wanted.forbid, "it is in `features.forbid`")
    reasons |= dict.fromkeys(wanted.available_at.values(), "it says when another column became known")
    reasons |= dict.fromkeys(pipeline.pii.pseudonymise, "it is pseudonymised (`pii.pseudonymise`): a name, not a fact")
    return reasons | role_columns(pipeline)


def _monotone(name: str, pipeline: Pipeline) -> int:
    direction = pipeline.features.monotone.get(name)
    if direction is None:
        return 0
    return 1 if direction is Direction.UP else -1


def _judge(column: pl.Series, pipeline: Pipeline) -> tuple[ColumnKind | None, str, list[Finding]]:
    """The kind of a column that may be a feature; or None and why not."""
    declared = pipeline.features.kinds.get(column.name)
    named = declared is not None or column.name in pipeline.features.include
    if declared is None and holds_dates(column, pipeline.source.date_format):
        return None, "a date: the time since it may be a feature, made in a task", []
    kind = declared or kind_of(column.dtype)
    if kind is None:
        return None, f"its type {column.dtype} is neither a number nor text", []
    if _levels(column) < 2:
        finding = _finding("constant_column", Severity.NOTE, column.name, f"`{column.name}` holds one value only")
        return None, "it holds one value only", [finding]
    if kind is ColumnKind.NUMBER:
        return kind, "", _check_number(column)
    return _judge_category(column, pipeline.cleaning.max_levels, named=named, declared=declared is not None)


def kind_of(dtype: pl.DataType) -> ColumnKind | None:
    """Numbers and booleans are numbers, text is a category; None for anything else."""
    if dtype.is_numeric() or dtype == pl.Boolean:
        return ColumnKind.NUMBER
    return ColumnKind.CATEGORY if isinstance(dtype, pl.String | pl.Categorical | pl.Enum) else None


def _levels(column: pl.Series) -> int:
    """Distinct values; missing counts as one of them."""
    return column.fill_nan(None).n_unique() if column.dtype.is_float() else column.n_unique()


def _check_number(column: pl.Series) -> list[Finding]:
    """A column declared a number must read as one."""
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        return []
    text = column.cast(pl.String).str.strip_chars()
    wrong = column.filter((text != "") & text.cast(pl.Float64, strict=False).is_null() & text.is_not_null())
    if wrong.is_empty():
        return []
    shown = ", ".join(repr(value) for value in wrong.unique(maintain_order=True).head(_SHOWN))
    sentence = f"`{column.name}` is declared a number, but {len(wrong):,} of its values are none: {shown}"
    remedy = "Add the text to `source.missing`, turn it into numbers in a task, or declare the kind `category`."
    return [_finding("not_a_number", Severity.REFUSAL, column.name, sentence, remedy, float(len(wrong)))]


def _judge_category(
    column: pl.Series, most: int, *, named: bool, declared: bool
) -> tuple[ColumnKind | None, str, list[Finding]]:
    levels = _levels(column)
    if levels > most:
        sentence = f"`{column.name}` has {levels:,} different values, more than `cleaning.max_levels` ({most:,})"
        severity = Severity.REFUSAL if named else Severity.WARNING
        remedy = "Group its values in a task, or add it to `features.forbid`."
        finding = _finding("too_many_levels", severity, column.name, sentence, remedy, float(levels), float(most))
        return None, f"too many different values for a category ({levels:,}): a name or free text", [finding]
    noticed = [] if declared else _notice_numbers(column)
    return ColumnKind.CATEGORY, "", noticed


def _notice_numbers(column: pl.Series) -> list[Finding]:
    """Warn of numbers stored as text, wholly or in part."""
    filled = column.cast(pl.String).drop_nulls().str.strip_chars()
    filled = filled.filter(filled != "")
    numbers = filled.cast(pl.Float64, strict=False).count() / len(filled) if len(filled) else 0.0
    if numbers < 0.5:
        return []
    remedy = "Declare its kind in `features.kinds`: `number`, or `category` if the numbers are codes."
    if numbers == 1.0:
        sentence = f"`{column.name}` holds numbers stored as text and is used as a category"
        return [_finding("number_as_text", Severity.WARNING, column.name, sentence, remedy, numbers)]
    word = filled.filter(filled.cast(pl.Float64, strict=False).is_null())[0]
    sentence = f"`{column.name}` mixes numbers ({numbers:.0%}) with text such as {word!r} and is used as a category"
    return [_finding("mixed_types", Severity.WARNING, column.name, sentence, remedy, numbers)]


def as_kinds(raw: pl.DataFrame, features: tuple[Feature, ...]) -> pl.DataFrame:
    """The features in their final types: numbers as doubles (NaN as null), categories as text (empty as null).

    A whole number used as a category is written without a decimal point, whatever type the source gave it.
    """
    return raw.select(_as_kind(raw[feature.name], feature.kind) for feature in features)


def _as_kind(column: pl.Series, kind: ColumnKind) -> pl.Series:
    if kind is ColumnKind.NUMBER:
        text = column.str.strip_chars() if column.dtype == pl.String else column
        return text.cast(pl.Float64, strict=False).fill_nan(None)
    if column.dtype.is_float():
        column = column.fill_nan(None)
        if (column.drop_nulls() % 1 == 0).all():
            column = column.cast(pl.Int64)
    text = column.cast(pl.String)
    return text.set(text == "", None)


class Copies:
    """Columns with the same values in every row as one before them. `again` reads a column that was noted earlier."""

    def __init__(self, again: Callable[[str], pl.Series]) -> None:
        self._again = again
        self._seen: dict[tuple[int, int], list[str]] = {}
        self.of: dict[str, str] = {}

    def note(self, column: pl.Series) -> None:
        mark = (column.null_count(), int(column.hash().sum()))
        same = next((other for other in self._seen.get(mark, []) if column.equals(self._again(other))), None)
        if same is None:
            self._seen.setdefault(mark, []).append(column.name)
        else:
            self.of[column.name] = same


def drop_copies(copies: dict[str, str], columns: Columns) -> Columns:
    """Of columns with the same values keep the first. `copies` names each other one's first."""
    left_out = [LeftOut(column=name, reason=f"the same values as `{same}`") for name, same in copies.items()]
    findings = [
        _finding("duplicate_column", Severity.NOTE, name, f"`{name}` holds the same values as `{same}` and is left out")
        for name, same in copies.items()
    ]
    return Columns(
        features=tuple(feature for feature in columns.features if feature.name not in copies),
        left_out=(*columns.left_out, *left_out),
        findings=(*columns.findings, *findings),
    )


def _finding(
    check: str,
    severity: Severity,
    column: str,
    sentence: str,
    remedy: str = "",
    value: float | None = None,
    limit: float | None = None,
) -> Finding:
    return Finding(
        check=check, severity=severity, column=column, value=value, limit=limit, sentence=sentence, remedy=remedy
    )
