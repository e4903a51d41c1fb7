"""Another approval cut tried out: what approval, bad rate, false kill and money would have been on the test window."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nicegui import events, ui

from kingmaker.domain.evidence import ApprovalPoint
from kingmaker.interfaces.report.drawing.chart import Chart, Mark
from kingmaker.interfaces.report.drawing.scale import number_axis
from kingmaker.interfaces.report.wording import ABSENT, count, money, percent, percentage_points, rate, signed
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.model_parts.seen import SeenModel
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, paragraph
from kingmaker.interfaces.web_ui.parts.tables import Column, table
from kingmaker.loop.model_records import ModelTested

Read = Callable[[ApprovalPoint], float | None]

_MOVED: Final = """(event) => { const told = event.target.value + ' %';
event.target.setAttribute('aria-valuetext', told); emit(event.target.value); }"""
_LOWEST: Final = 0.05
"""Below five per cent approved, bad rates are mostly chance."""


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    read: Read
    write: Callable[[float | None], str]
    write_difference: Callable[[float | None], str]
    higher_is_better: bool | None


def cut(here: Here, seen: SeenModel) -> None:
    """The slider and what follows it, with the grades beside."""
    tested = seen.tested
    with ui.element("div").classes("km-model-pair"):
        with ui.element("div"):
            if tested is None or not tested.evidence.approval:
                empty(here.t("model.no_evidence"))
            else:
                Editor(here, seen, tested).show()
        with ui.element("div"):
            _grades(here, seen)


class Editor:
    """The cut of today and the one tried out."""

    def __init__(self, here: Here, seen: SeenModel, tested: ModelTested) -> None:
        self.here = here
        self.seen = seen
        self.tested = tested
        self.today = tested.evidence.at_cut
        self.points = {round(point.approval_rate * 100): point for point in tested.evidence.approval}
        self.figures = list(_figures(here, tested))
        self.told: ui.element | None = None

    def show(self) -> None:
        t, today = self.here.t, round(self.today.approval_rate * 100)
        paragraph(t("model.cut_told", window=self.tested.window, rows=count(self.tested.evidence.rows)))
        if self.seen.model.lineage.published_as == "refit":
            paragraph(t("model.cut_refit"), quiet=True)
        with ui.element("div").classes("km-model-slider"):
            ui.html(t("model.cut_label"), sanitize=False, tag="label").props("for=approval-cut")
            made = ui.html(
                f'<input type="range" id="approval-cut" min="{min(self.points)}" max="{max(self.points)}" step="1" '
                f'value="{today}" aria-valuetext="{today} %">',
                sanitize=False,
            )
            made.on("input", self._moved, js_handler=_MOVED, throttle=0.05)
        self.told = ui.element("div").props("aria-live=polite")
        self._follow(today)

    def _moved(self, event: events.GenericEventArguments) -> None:
        self._follow(int(event.args))

    def _follow(self, whole_percent: int) -> None:
        assert self.told is not None
        today = round(self.today.approval_rate * 100)
        chosen = self.today if whole_percent == today else self.points.get(whole_percent, self.today)
        self.told.clear()
        with self.told:
            self._cards(chosen)
            with ui.element("div").classes("km-model-curves"):
                for name, read in (
                    (self.here.t("model.bad_rate"), _bad_rate),
                    (self.here.t("model.false_kill"), _false_kill),
                ):
                    ui.html(self._picture(chosen, name, read), sanitize=False).classes("paper")
            paragraph(self.here.t("model.curves_told"), quiet=True)
            self._how_to(chosen)

    def _cards(self, chosen: ApprovalPoint) -> None:
        with ui.element("div").classes("km-model-figures"):
            for figure in self.figures:
                self._card(figure, chosen)
        evidence = self.tested.evidence
        if self.today.false_kill_amount is None and evidence.false_kill_amount is not None:
            lost, earned = money(evidence.false_kill_amount), money(evidence.profit_at_cut)
            paragraph(self.here.t("model.no_money", lost=lost, earned=earned), quiet=True)
        elif evidence.false_kill_amount is None:
            paragraph(self.here.t("model.no_amount"), quiet=True)

    def _card(self, figure: _Figure, chosen: ApprovalPoint) -> None:
        now, then = figure.read(self.today), figure.read(chosen)
        difference = None if now is None or then is None else then - now
        with ui.element("div").classes("km-card"):
            element("div", figure.name).classes("km-quiet")
            element("div", figure.write(then)).classes("km-model-number")
            moved = signed(figure.write_difference(difference)) if difference else ABSENT
            said = self.here.t("model.today", value=figure.write(now), difference=moved)
            element("div", said).classes("km-quiet" + _direction(figure, difference))

    def _picture(self, chosen: ApprovalPoint, name: str, read: Callable[[ApprovalPoint], float]) -> str:
        points = [point for point in self.tested.evidence.approval if point.approval_rate >= _LOWEST]
        values = [read(point) for point in points]
        approval = self.here.t("model.approval")
        chart = Chart(
            number_axis(approval, (0, 1), label=percent, most=5),
            number_axis(name, values, label=percent, zero=True),
            width=330,
            height=240,
        )
        chart.line([Mark(point.approval_rate, read(point)) for point in points], "challenger")
        chart.upright(self.today.approval_rate, "rule faint")
        chart.upright(chosen.approval_rate, "rule challenger")
        chart.dots([Mark(self.today.approval_rate, read(self.today), rate(read(self.today)))], "champion", radius=4)
        chart.dots([Mark(chosen.approval_rate, read(chosen), rate(read(chosen)))], "challenger", radius=5)
        return str(chart.svg(f"{approval} {rate(chosen.approval_rate)}: {name} {rate(read(chosen))}"))

    def _how_to(self, chosen: ApprovalPoint) -> None:
        paragraph(self.here.t("model.how_to"), quiet=True)
        element("pre", f"policy:\n  approval_rate: {chosen.approval_rate:.2f}").classes("km-model-code")


def _figures(here: Here, tested: ModelTested) -> list[_Figure]:
    t = here.t
    unit = f" ({tested.amount_column})" if tested.amount_column else ""
    found = [
        _Figure(t("model.approval"), lambda point: point.approval_rate, rate, percentage_points, None),
        _Figure(t("model.bad_rate"), _bad_rate, rate, percentage_points, higher_is_better=False),
        _Figure(t("model.false_kill"), _false_kill, rate, percentage_points, higher_is_better=False),
        _Figure(t("model.caught"), lambda point: point.caught, rate, percentage_points, higher_is_better=True),
    ]
    if tested.evidence.at_cut.false_kill_amount is not None:
        lost, earned = t("model.turned_away"), t("model.profit")
        found.append(_Figure(lost + unit, lambda point: point.false_kill_amount, money, money, higher_is_better=False))
        found.append(_Figure(earned + unit, lambda point: point.profit, money, money, higher_is_better=True))
    return found


def _bad_rate(point: ApprovalPoint) -> float:
    return point.bad_rate


def _false_kill(point: ApprovalPoint) -> float:
    return point.false_kill


def _direction(figure: _Figure, difference: float | None) -> str:
    if not difference or figure.higher_is_better is None:
        return ""
    return " km-model-better" if (difference > 0) is figure.higher_is_better else " km-model-worse"


def _grades(here: Here, seen: SeenModel) -> None:
    t, thresholds = here.t, seen.model.cut_offs.thresholds
    heading(t("model.grades"), 3)
    paragraph(t("model.grades_told", score=thresholds.approve_from, share=rate(thresholds.approval_rate)), quiet=True)
    columns = [
        Column(t("model.grade_name")),
        Column(t("model.from_score"), is_number=True),
        Column(t("model.share"), is_number=True),
        Column(t("model.bad_rate"), is_number=True),
    ]
    rows = [
        [
            grade.name,
            t("model.below") if grade.lowest_score is None else str(grade.lowest_score),
            rate(grade.share),
            rate(grade.bad_rate),
        ]
        for grade in thresholds.grades
    ]
    table(t("model.grades"), columns, rows)
    if thresholds.note:
        paragraph(thresholds.note, quiet=True)
