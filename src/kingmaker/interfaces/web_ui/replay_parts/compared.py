"""What a finished replay's page shows: read, counted and drawn at one go, in a thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.control.office.office import Office
from kingmaker.interfaces.report.pictures.periods import period_figures
from kingmaker.interfaces.report.pictures.reigns import reigns_figure
from kingmaker.interfaces.report.pictures.replay_frame import ReplayFigure
from kingmaker.interfaces.report.replay_events import Promotions, Standstill, holds_of, promotions_of, refusals_of
from kingmaker.interfaces.report.replay_facts import (
    Judged,
    ReplayHeadline,
    judged_of,
    noise_of_a_period,
    replay_headline,
)
from kingmaker.interfaces.report.replay_table import Column, policy_columns
from kingmaker.loop.replaying.result import ReplayResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A result with everything that is made of it."""

    result: ReplayResult
    headline: ReplayHeadline
    judged: Judged
    columns: Sequence[Column]
    reigns: ReplayFigure
    periods: Sequence[ReplayFigure]
    promotions: Sequence[Promotions]
    refusals: Sequence[Standstill]
    holds: Sequence[Standstill]
    noise: tuple[int, float] | None
    """Of a single period: the bads of the middle one, and the most that its AUC can be off by one standard error."""


def compared(office: Office, number: int) -> Compared:
    """Raises NotFound, and Conflict for one that is not finished."""
    result = office.replay_result(number)
    return Compared(
        result=result,
        headline=replay_headline(result),
        judged=judged_of(result),
        columns=policy_columns(result),
        reigns=reigns_figure(result),
        periods=period_figures(result),
        promotions=promotions_of(result),
        refusals=refusals_of(result),
        holds=holds_of(result),
        noise=noise_of_a_period(result),
    )
