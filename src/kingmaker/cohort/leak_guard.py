"""The leak guard: finds columns that were filled after the decision, because each alone knows the outcome too well."""

from collections.abc import Collection, Iterator, Sequence

import polars as pl

from kingmaker.cohort.dates import as_dates, holds_dates
from kingmaker.cohort.features import Columns
from kingmaker.cohort.readings import Reading
from kingmaker.domain.snapshot import Finding, LeftOut, Severity, Snapshot
from kingmaker.pipeline.declaration import Features, LeakTreatment

_LATE_SHARE = 0.02
_LEAK = "a leak: "


def guard(
    columns: Columns, readings: Sequence[Reading], declared: Features, limit: float, known: Collection[str] = ()
) -> Columns:
    """Treat what leaks as declared: refuse, or leave it out with a loud finding. Allowed columns stay, with a note.

    `known` names the leaks of the last run: a column just above the limit must not slip in on the night it reads below.
    """
    leaks = {reading.column: reading for reading in readings if reading.leaks(limit) or reading.column in known}
    closed = {name for name in leaks if name not in declared.allow}
    forbids = declared.leaks is LeakTreatment.FORBID
    findings = [_finding(leaks[name], limit, declared) for name in leaks]
    left_out = [LeftOut(column=name, reason=f"{_LEAK}{_why(leaks[name], limit)}") for name in leaks if name in closed]
    return Columns(
        features=tuple(feature for feature in columns.features if not (forbids and feature.name in closed)),
        left_out=(*columns.left_out, *left_out) if forbids else columns.left_out,
        findings=(*columns.findings, *findings),
    )


def leaks_of(previous: Snapshot | None) -> frozenset[str]:
    """Columns that the last run left out as leaks."""
    left_out = previous.left_out if previous else ()
    return frozenset(left.column for left in left_out if left.reason.startswith(_LEAK))


def _finding(reading: Reading, limit: float, declared: Features) -> Finding:
    name = reading.column
    sentence = f"`{name}` knows the outcome: {_why(reading, limit)}"
    if name in declared.allow:
        severity, remedy = Severity.NOTE, "A person has cleared it in `features.allow`."
    elif declared.leaks is LeakTreatment.FORBID:
        severity, remedy = (
            Severity.WARNING,
            "It was left out; if it was known at application, list it in `features.allow`.",
        )
    else:
        severity = Severity.REFUSAL
        remedy = f"Add `{name}` to `features.forbid`, or to `features.allow` if it was known at application."
    return Finding(
        check="leak",
        severity=severity,
        column=name,
        value=reading.highest,
        limit=limit,
        sentence=sentence,
        remedy=remedy,
    )


def _why(reading: Reading, limit: float) -> str:
    if not reading.leaks(limit):
        return f"the last run found it; today it alone reaches an AUC of {reading.highest:.2f} (limit {limit:.2f})"
    if reading.highest <= limit:
        return f"{reading.only_bad:.0%} of all bads stand at values that hardly a good loan has"
    how = {
        reading.filled: "whether it is filled",
        reading.grouped: "the bad rate of its values",
        reading.rank: "its order",
    }[reading.highest]
    figure = f"an AUC of {reading.highest:.2f} within application years (limit {limit:.2f})"
    return f"{how} alone ranks bads from goods with {figure}"


def late_dates(frame: pl.DataFrame, names: Sequence[str], date_format: str | None) -> Iterator[tuple[LeftOut, Finding]]:
    """Date columns that lie after the application on a share of the rows: known only after the decision."""
    for name in names:
        if not holds_dates(frame[name], date_format):
            continue
        days = pl.DataFrame({"day": as_dates(frame[name], date_format), "applied": frame["_applied_at"]}).drop_nulls()
        late = float((days["day"] > days["applied"]).sum()) / days.height if days.height else 0.0
        if late > _LATE_SHARE:
            reason = f"a date that lies after the application on {late:.0%} of the rows: known only after the decision"
            yield LeftOut(column=name, reason=reason), _late_finding(name, late, reason)


def _late_finding(name: str, late: float, reason: str) -> Finding:
    return Finding(
        check="late_date",
        severity=Severity.NOTE,
        column=name,
        value=late,
        limit=_LATE_SHARE,
        sentence=f"`{name}` is {reason}",
        remedy="It is left out, like every date; make no feature of it in a task.",
    )
