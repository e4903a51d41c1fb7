"""The same as the pictures in words: every reign, and the figures of each verdict, in tables."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from markupsafe import Markup
from nicegui import ui

from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.interfaces.report.drawing.svg import picture
from kingmaker.interfaces.report.wording import ABSENT, count
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, link, mark, moment, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table
from kingmaker.interfaces.web_ui.pipeline_parts.figure_charts import MEASURES, Measure, figure_chart
from kingmaker.interfaces.web_ui.pipeline_parts.seen import Seen
from kingmaker.interfaces.web_ui.pipeline_parts.time_line import frames_of, kind_of, symbol, time_line
from kingmaker.loop.figure_records import RunFigures

_MARKS: Final = {"promote": "good", "approved": "good", "hold": "hold", "reject": "bad", "refused": "bad"}
_MOST_REIGNS: Final = 20


def pictures(here: Here, seen: Seen) -> None:
    """Drawn twice, for a wide page and a narrow one, of which the style shows the one that fits."""
    if not seen.history and not seen.figures:
        empty(here.t("pipeline.no_history"))
        return
    wide, narrow = frames_of(seen)
    for kind, frame in (("km-pipeline-wide", wide), ("km-pipeline-narrow", narrow)):
        with ui.element("div").classes(f"paper {kind}"):
            ui.html(time_line(here.t, seen, frame), sanitize=False)
            for measure in MEASURES:
                drawn = figure_chart(here.t, measure, seen.figures, frame)
                if drawn is not None:
                    ui.html(drawn, sanitize=False)
    _legend(here, seen)


def reigns(here: Here, seen: Seen) -> None:
    if not seen.history:
        return
    t = here.t
    heading(t("pipeline.reigns"))
    columns = (
        Column(t("pipeline.column.version")), Column(t("pipeline.column.since")), Column(t("pipeline.column.until")),
        Column(t("pipeline.column.how")), Column(t("pipeline.column.why")),
    )  # fmt: skip
    ends = [*(following.since for _, following in pairwise(seen.history)), None]
    rows = [_reign(here, seen, turn, end) for turn, end in zip(seen.history, ends, strict=True)]
    table(t("pipeline.reigns"), columns, rows[::-1][:_MOST_REIGNS])


def verdicts(here: Here, seen: Seen) -> None:
    t = here.t
    heading(t("pipeline.verdicts"))
    if not seen.figures:
        empty(t("pipeline.no_verdicts"))
        return
    columns = (
        Column(t("pipeline.column.run"), is_number=True), Column(t("pipeline.column.as_of")),
        Column(t("pipeline.column.decided")), Column(t("pipeline.column.verdict")),
        *(Column(t(f"pipeline.measure.{measure.name}"), is_number=True) for measure in MEASURES),
        Column(t("pipeline.column.bads"), is_number=True),
    )  # fmt: skip
    table(t("pipeline.verdicts"), columns, [_verdict(here, one) for one in seen.figures])
    pager(
        t,
        newer=f"/pipelines/{seen.pipeline}" if seen.before is not None else None,
        older=f"/pipelines/{seen.pipeline}?before={seen.figures[-1].run}" if seen.older else None,
    )


def _reign(here: Here, seen: Seen, turn: ChampionTurn, end: object) -> Sequence[Cell]:
    t = here.t
    return (
        lambda: link(turn.version[:12], f"/pipelines/{seen.pipeline}/models/{turn.version}"),
        lambda: moment(turn.since),
        (lambda: mark(t("pipeline.now"), "good")) if end is None else (lambda: moment(end)),  # type: ignore[arg-type]
        t(f"pipeline.turn.{turn.reason.value}", by=turn.by),
        turn.why,
    )


def _verdict(here: Here, one: RunFigures) -> Sequence[Cell]:
    return (
        lambda: link(str(one.run), f"/runs/{one.run}/verdict"),
        one.as_of.isoformat(),
        lambda: moment(one.recorded_at),
        lambda: _decision(here, one),
        *(_both(here, measure, one) for measure in MEASURES),
        count(one.bads),
    )


def _decision(here: Here, one: RunFigures) -> None:
    """The word; a pointer resting on it reads the sentence."""
    kind = kind_of(one)
    mark(here.t(f"pipeline.event.{kind}"), _MARKS[kind]).props["title"] = one.sentence


def _both(here: Here, measure: Measure, one: RunFigures) -> Cell:
    """The challenger's, and under it the champion's on the same loans."""

    def told() -> None:
        text(measure.write(measure.read(one.challenger)) if one.challenger else ABSENT)
        if one.champion is not None:
            champion = measure.write(measure.read(one.champion))
            text(here.t("pipeline.champion_had", value=champion)).classes("km-pipeline-beside")

    return told


def _legend(here: Here, seen: Seen) -> None:
    """The marks that are met in the picture, and no others."""
    t = here.t
    turns = {turn.reason for turn in seen.history}
    decided = {kind_of(one) for one in seen.figures}
    with ui.element("ul").classes("km-pipeline-legend"):
        for reason in TurnReason:
            if reason in turns:
                _key(reason.value, t(f"pipeline.legend.{reason.value}"))
        for kind in ("hold", "reject", "refused"):
            if kind in decided:
                _key(kind, t(f"pipeline.event.{kind}"))
        for kind in ("champion", "challenger"):
            with ui.element("li"):
                ui.element("span").classes(f"km-pipeline-dot {kind}")
                text(t(f"pipeline.{kind}"))


def _key(kind: str, told: str) -> None:
    with ui.element("li"):
        drawn = picture(14, 14, told, symbol(kind, 7, 7)).replace('role="img"', Markup('aria-hidden="true"'))
        ui.html(drawn, sanitize=False).classes("km-pipeline-key")
        text(told)
