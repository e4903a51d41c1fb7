"""Can these loans honestly be trained on, and are they like the last run's? Findings, all at once."""

from collections.abc import Sequence
from math import sqrt

from kingmaker.domain.snapshot import Finding, Severity, Snapshot, Window, WindowCount
from kingmaker.pipeline.declaration import Gates


def check_windows(windows: Sequence[WindowCount], min_bads: int) -> list[Finding]:
    """Refuse windows without both goods and bads; warn of a test window that can prove nothing."""
    fitted = [count for count in windows if count.window is not Window.RECENT]
    if sum(count.rows for count in fitted) == 0:
        sentence = "no loan is matured: every performance window is still open, or every row was excluded"
        remedy = "Choose a later as-of date, a shorter `outcome.horizon`, or read the exclusions."
        return [_finding("no_matured_loans", Severity.REFUSAL, 0.0, 1.0, sentence, remedy)]
    bads = sum(count.bads for count in fitted)
    rows = sum(count.rows for count in fitted)
    if bads in {0, rows}:
        only = "bad" if bads else "good"
        sentence = f"all {rows:,} matured loans are {only}: there is nothing to tell apart"
        remedy = "Check `outcome` against a few loans you know."
        return [_finding("one_class", Severity.REFUSAL, float(bads), 1.0, sentence, remedy)]
    findings = [_one_class(count) for count in fitted if count.bads in {0, count.rows}]
    test = next(count for count in fitted if count.window is Window.TEST)
    if test.bads < min_bads:
        sentence = (
            f"the test window holds {test.bads:,} bads, fewer than the {min_bads:,} that can prove an improvement"
        )
        remedy = "The run trains, records and holds: a person decides with `kingmaker approve`."
        findings.append(_finding("few_bads", Severity.WARNING, float(test.bads), float(min_bads), sentence, remedy))
    return findings


def _one_class(count: WindowCount) -> Finding:
    what = "no bad loan" if count.rows else "no loan at all"
    what = "no good loan" if count.rows and count.bads else what
    remedy = "Give the window a larger share of the bads, or bring more loans."
    sentence = f"the {count.window} window holds {what}"
    return _finding("one_class", Severity.REFUSAL, float(count.bads), 1.0, sentence, remedy)


def check_against_last(windows: Sequence[WindowCount], previous: Snapshot | None, gates: Gates) -> list[Finding]:
    """Warn when volume or bad rate of the judged loans jumped since the last run; the gates decide what that means."""
    if previous is None:
        return []
    rows, bads = _judged(windows)
    rows_before, bads_before = _judged(previous.windows)
    if min(rows, rows_before, bads_before) == 0:
        return []
    return _volume(rows, rows_before, gates) + _bad_rate(rows, bads, rows_before, bads_before, gates)


def _judged(windows: Sequence[WindowCount]) -> tuple[int, int]:
    fitted = [count for count in windows if count.window is not Window.RECENT]
    return sum(count.rows for count in fitted), sum(count.bads for count in fitted)


def _volume(rows: int, before: int, gates: Gates) -> list[Finding]:
    change = rows / before - 1
    if abs(change) <= gates.max_volume_change:
        return []
    sentence = f"the judged loans changed by {change:+.0%} since the last run, from {before:,} to {rows:,}"
    remedy = "Check that the extract is complete and that nothing was loaded twice."
    return [_finding("volume", Severity.WARNING, abs(change), gates.max_volume_change, sentence, remedy)]


def _bad_rate(rows: int, bads: int, rows_before: int, bads_before: int, gates: Gates) -> list[Finding]:
    """Two-sample z of the bad rates with the last run's variance."""
    rate, before = bads / rows, bads_before / rows_before
    spread = sqrt(before * (1 - before) * (1 / rows + 1 / rows_before))
    sigma = abs(rate - before) / spread if spread else 0.0
    if sigma <= gates.max_bad_rate_sigma:
        return []
    sentence = f"the bad rate moved from {before:.2%} to {rate:.2%} since the last run, {sigma:.1f} standard errors"
    remedy = "Check the outcome column and the population before you believe it."
    return [_finding("bad_rate", Severity.WARNING, sigma, gates.max_bad_rate_sigma, sentence, remedy)]


def _finding(check: str, severity: Severity, value: float, limit: float, sentence: str, remedy: str) -> Finding:
    return Finding(
        check=check, severity=severity, column=None, value=value, limit=limit, sentence=sentence, remedy=remedy
    )
