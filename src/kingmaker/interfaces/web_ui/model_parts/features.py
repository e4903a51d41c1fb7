"""What the version rests on: its columns by weight, and how its answers move with one of them alone."""

from functools import partial

from nicegui import ui

from kingmaker.domain.snapshot import ColumnKind
from kingmaker.interfaces.report.drawing.rows import Bar, Point, Row, rows_chart
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.wording import number, percent, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.elements import button, element, empty, heading, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.loop.model_records import ColumnEffect, EffectAt


async def features(here: Here, seen: SeenModel) -> None:
    """The columns on the left, one column's effect on the right."""
    t, rows = here.t, len(seen.model.golden)
    paragraph(t("model.features_told", rows=rows))
    if seen.model.no_reasons:
        empty(seen.model.no_reasons)
    columns = _by_weight(seen)
    shown = Shown(here, seen)
    with ui.element("div").classes("km-model-pair"):
        with ui.element("div"):
            shown.list(columns)
        shown.panel = ui.element("div").props(f'role=region aria-live=polite aria-label="{t("model.effect")}"')
    if columns:
        await shown.show(columns[0])


class Shown:
    """One column at a time."""

    def __init__(self, here: Here, seen: SeenModel) -> None:
        self.here = here
        self.seen = seen
        self.panel: ui.element | None = None
        self.buttons: dict[str, ui.element] = {}

    def list(self, columns: list[str]) -> None:
        t = self.here.t
        points = {one.column: one.points for one in self.seen.model.weights}
        tested = self.seen.tested
        shares = {one.name: one.importance for one in tested.features} if tested else {}
        most = max(points.values(), default=0.0) or 1.0
        titles = [Column(t("model.column")), Column(""), Column(t("model.points"), is_number=True)]
        if shares:
            titles.append(Column(t("model.share_tested"), is_number=True))
        rows: list[list[Cell]] = [
            [
                partial(self._chooser, name),
                partial(_bar, points.get(name, 0.0) / most),
                f"{points[name]:.1f}" if name in points else "-",
                *([rate(shares.get(name))] if shares else []),
            ]
            for name in columns
        ]
        table(t("model.features"), titles, rows).classes("km-model-columns")

    def _chooser(self, name: str) -> None:
        made = button(name, lambda: self.show(name)).classes("km-model-choose")
        made.props["aria-pressed"] = "false"
        self.buttons[name] = made

    async def show(self, name: str) -> None:
        assert self.panel is not None
        effect = await self.here.ask(lambda office: office.effect(self.seen.pipeline, self.seen.version, name))
        for other, made in self.buttons.items():
            made.props["aria-pressed"] = "true" if other == name else "false"
            made.update()
        self.panel.clear()
        with self.panel:
            _effect(self.here, effect)


def _by_weight(seen: SeenModel) -> list[str]:
    """As the reasons weigh them; where there are none, in the order of the inputs."""
    return [one.column for one in seen.model.weights] or list(seen.model.schema.names)


def _bar(share: float) -> None:
    with ui.element("div").classes("km-model-bar"):
        ui.element("div").style(f"width: {max(share, 0.005) * 100:.1f}%")


def _effect(here: Here, effect: ColumnEffect) -> None:
    t = here.t
    pds = [point.mean_pd for point in effect.points]
    heading(t("model.effect_title", column=effect.column, low=rate(min(pds)), high=rate(max(pds))), 3)
    ui.html(_picture(here, effect), sanitize=False).classes("paper")
    with element("p").classes("km-quiet"):
        text(t("model.effect_told", rows=effect.rows))
        if effect.more_levels:
            text(" " + t("model.more_levels", count=effect.more_levels))
    columns = [
        Column(t("model.bin")),
        Column(t("model.share"), is_number=True),
        Column(t("model.mean_pd"), is_number=True),
        Column(t("model.mean_score"), is_number=True),
    ]
    rows = [[label(here, at), rate(at.share), rate(at.mean_pd), f"{at.mean_score:.0f}"] for at in effect.points]
    with ui.element("details"):
        element("summary", t("model.as_table"))
        table(t("model.effect"), columns, rows)


def _picture(here: Here, effect: ColumnEffect) -> str:
    axis = number_axis(here.t("model.mean_pd"), [at.mean_pd for at in effect.points], label=percent, zero=True, most=5)
    largest = max(at.share for at in effect.points) or 1.0
    told = {id(at): f"{label(here, at)}: {rate(at.mean_pd)}" for at in effect.points}
    rows = [
        Row(
            name=label(here, at),
            bars=(Bar(start=0.0, end=axis.high * at.share / largest, kind="share", told=told[id(at)]),),
            points=(Point(at=at.mean_pd, kind="challenger", told=told[id(at)]),),
        )
        for at in effect.points
    ]
    said = f"{effect.column}: " + "; ".join(told.values())
    return str(rows_chart(rows, axis, said, width=520, longest=22, joined=effect.kind is ColumnKind.NUMBER))


def label(here: Here, at: EffectAt) -> str:
    """A bin from its lowest value to the next one's, a level, or what is missing."""
    if at.value is None:
        return here.t("model.missing")
    if at.low is None or at.high is None:
        return str(at.value)
    return number(at.low) if at.low == at.high else f"{number(at.low)} \u2013 {number(at.high)}"
