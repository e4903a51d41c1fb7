"""The proof: challenger against champion on the same loans, with the interval of every difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from kingmaker.domain.verdict import Comparison, Gate, Verdict
from kingmaker.interfaces.report.decision import gate_mark
from kingmaker.interfaces.report.key_figures import NORMAL_95, measure_writers
from kingmaker.interfaces.report.wording import ABSENT, chance, plain, signed
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, mark, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.loop.judging.gates.outcome import luck_text
from kingmaker.pipeline.policy import Policy

LOWER_IS_BETTER: Final = frozenset({"false_kill", "brier"})
_HALF_WIDTH: Final = 70.0
_HEIGHT: Final = 18.0


@dataclass(frozen=True, slots=True)
class Interval:
    """95 % around a difference, in the unit of its measure. `better`: 1 wholly better than nought, -1 wholly worse, else 0."""

    low: float
    high: float
    better: int


def interval_of(comparison: Comparison) -> Interval | None:
    """None where no standard error is known."""
    difference, error = comparison.difference, comparison.standard_error
    if difference is None or error is None:
        return None
    low, high = difference - NORMAL_95 * error, difference + NORMAL_95 * error
    side = 1 if low > 0 else -1 if high < 0 else 0
    return Interval(low, high, -side if comparison.measure in LOWER_IS_BETTER else side)


def proof(here: Here, verdict: Verdict, policy: Policy | None) -> None:
    compared = [one for one in verdict.comparisons if one.champion is not None]
    if not compared:
        empty(here.t("verdict.no_proof") if verdict.champion_version else here.t("verdict.no_proof_first"))
        return
    paragraph(here.t("verdict.proof_told"))
    gates = {gate.code.removeprefix("G6."): gate for gate in verdict.gates if gate.code.startswith("G6.")}
    columns = [
        Column(here.t("verdict.proof.measure")),
        Column(here.t("verdict.proof.champion"), is_number=True),
        Column(here.t("verdict.proof.challenger"), is_number=True),
        Column(here.t("verdict.proof.difference"), is_number=True),
        Column(here.t("verdict.proof.interval"), is_number=True),
        Column(here.t("verdict.proof.picture")),
        Column(here.t("verdict.proof.p"), is_number=True),
        Column(here.t("verdict.proof.level"), is_number=True),
        Column(here.t("verdict.proof.outcome")),
    ]
    rows = [
        _row(here, one, gates.get(one.measure) or gates.get(one.measure.removesuffix("_at_bad_rate")))
        for one in compared
    ]
    table(here.t("verdict.section.proof"), columns, rows)
    luck = luck_of(compared, policy)
    if luck:
        paragraph(here.t("verdict.luck", luck=luck)).classes("km-verdict-luck")


def luck_of(compared: Sequence[Comparison], policy: Policy | None) -> str:
    """How often luck alone would pass what must be proven (Berger 1982: the larger p-value of an intersection-union test)."""
    p_values = {one.measure: one.p_value for one in compared}
    auc, kill = p_values.get("auc"), p_values.get("false_kill")
    if policy is None or auc is None or (policy.proof == "both" and kill is None):
        return ""
    return luck_text(max(auc, kill or 0.0) if policy.proof == "both" else auc, policy.looks_per_year)


def _row(here: Here, one: Comparison, gate: Gate | None) -> list[Cell]:
    write, write_difference = measure_writers(one.measure)
    interval = interval_of(one)
    between = (
        f"{signed(write_difference(interval.low))} … {signed(write_difference(interval.high))}" if interval else ABSENT
    )
    return [
        here.t(f"verdict.measure.{one.measure}") if one.measure in MEASURES else plain(one.measure),
        write(one.champion),
        write(one.challenger),
        signed(write_difference(one.difference)),
        between,
        (lambda: _picture(interval)) if interval else "",
        chance(one.p_value),
        chance(gate.limit) if gate and one.measure in {"auc", "false_kill"} else ABSENT,
        (lambda: _outcome(here, gate)) if gate else here.t("verdict.proof.only_shown"),
    ]


MEASURES: Final = ("false_kill", "auc", "approval_at_bad_rate", "brier", "expected_profit")


def _outcome(here: Here, gate: Gate) -> None:
    shown = gate_mark(gate.outcome)
    mark(f"{shown.symbol} {here.t(f'verdict.gate.{gate.outcome}')}", shown.kind)


def _picture(interval: Interval) -> None:
    ui.html(picture_of(interval), sanitize=False, tag="span").classes("km-verdict-interval")


def picture_of(interval: Interval) -> str:
    """The interval beside nought, as long as it fits: wholly on one side of the upright line, chance does not explain it."""
    reach = max(abs(interval.low), abs(interval.high)) or 1.0
    start, end = (_HALF_WIDTH * (1.0 + 0.94 * value / reach) for value in (interval.low, interval.high))
    kind = {1: "good", -1: "bad", 0: "open"}[interval.better]
    middle = _HEIGHT / 2
    return (
        f'<svg width="{2 * _HALF_WIDTH:.0f}" height="{_HEIGHT:.0f}" viewBox="0 0 {2 * _HALF_WIDTH:.0f} {_HEIGHT:.0f}" '
        f'aria-hidden="true"><line class="nought" x1="{_HALF_WIDTH}" x2="{_HALF_WIDTH}" y1="1" y2="{_HEIGHT - 1}"/>'
        f'<line class="{kind}" x1="{start:.1f}" x2="{end:.1f}" y1="{middle}" y2="{middle}"/>'
        f'<circle class="{kind}" cx="{(start + end) / 2:.1f}" cy="{middle}" r="3.6"/></svg>'
    )
