"""The key figures of a verdict as a table: challenger beside champion on the same loans."""

from collections.abc import Callable
from dataclasses import dataclass

from kingmaker.domain.evidence import Evidence, ModelEvidence
from kingmaker.interfaces.cli.screen import Screen
from kingmaker.interfaces.cli.words import money, number, percent, points

Write = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class Measure:
    name: str
    read: Callable[[ModelEvidence], float | None]
    write: Write
    write_difference: Write


def show_figures(screen: Screen, evidence: Evidence) -> None:
    """Nothing where no challenger was judged."""
    mine, theirs = evidence.challenger, evidence.champion
    if mine is None:
        return
    screen.heading(f"On the {evidence.window} window ({mine.rows:,} loans, {mine.bads:,} bads)")
    rows = [
        _row(measure, mine, theirs)
        for measure in _measures(mine.at_cut.approval_rate)
        if measure.read(mine) is not None
    ]
    screen.table(["", f"challenger ({mine.learner})", "champion", "difference"], rows, right=[1, 2, 3])


def _measures(approval_rate: float) -> tuple[Measure, ...]:
    return (
        Measure("AUC", lambda model: model.auc, number, lambda value: _signed(value, 3)),
        Measure(
            f"false kill at {percent(approval_rate, 0)} approval",
            lambda model: model.at_cut.false_kill,
            percent,
            points,
        ),
        Measure(
            "bad rate of the approved", lambda model: model.at_cut.bad_rate, lambda value: percent(value, 2), points
        ),
        Measure("good lending turned away", lambda model: model.false_kill_amount, money, money),
        Measure("profit at the cut", lambda model: model.profit_at_cut, money, money),
        Measure(
            "Brier score", lambda model: model.brier, lambda value: number(value, 4), lambda value: _signed(value, 4)
        ),
    )


def _signed(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:+.{digits}f}"


def _row(measure: Measure, mine: ModelEvidence, theirs: ModelEvidence | None) -> list[str]:
    challenger, champion = measure.read(mine), measure.read(theirs) if theirs else None
    difference = challenger - champion if challenger is not None and champion is not None else None
    return [measure.name, measure.write(challenger), measure.write(champion), measure.write_difference(difference)]
