"""The page of a replay: what unattended retraining would have done to the lender's own book, one policy beside the other."""

from kingmaker.interfaces.report import wording
from kingmaker.interfaces.report.environment import environment_of
from kingmaker.interfaces.report.pictures.periods import period_figures
from kingmaker.interfaces.report.pictures.reigns import reigns_figure
from kingmaker.interfaces.report.pictures.replay_frame import kind_of
from kingmaker.interfaces.report.replay_events import endings_of, holds_of, promotions_of, refusals_of
from kingmaker.interfaces.report.replay_facts import (
    MEANINGS,
    baseline_of,
    judged_of,
    name_of,
    noise_of_a_period,
    replay_headline,
)
from kingmaker.interfaces.report.replay_table import policy_columns
from kingmaker.loop.replaying.result import ReplayResult

_FILTERS = (
    wording.area,
    wording.exact_rate,
    wording.percent,
    wording.percentage_points,
    wording.count,
    wording.day,
    wording.signed,
    wording.plain,
    kind_of,
    name_of,
)


def render_replay(result: ReplayResult) -> str:
    """The replay as one self-contained HTML page. The same result gives the same page, byte for byte.

    Needs at least one policy. Every name and text from the data is escaped; a section without facts says so in a sentence.
    """
    return (
        environment_of(_FILTERS)
        .get_template("replay/page.html")
        .render(
            result=result,
            headline=replay_headline(result),
            judged=judged_of(result),
            baseline=baseline_of(result),
            columns=policy_columns(result),
            reigns_figure=reigns_figure(result),
            period_figures=period_figures(result),
            promotions=promotions_of(result),
            refusals=refusals_of(result),
            holds=holds_of(result),
            endings=endings_of(result),
            noise=noise_of_a_period(result),
            meanings=MEANINGS,
        )
    )
