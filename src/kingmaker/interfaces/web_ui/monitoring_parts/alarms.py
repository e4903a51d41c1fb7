"""Alarms that last, and those that are over."""

from collections.abc import Callable, Sequence
from functools import partial

from nicegui import ui

from kingmaker.domain.alarm import Alarm, AlarmKind, AlarmLevel
from kingmaker.interfaces.report.wording import area, number, percentage_points, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, pager, table

HISTORY = 20

Write = Callable[[float | None], str]


def show_alarms(here: Here, found: Sequence[Alarm]) -> None:
    """Those that last, the worst first."""
    t = here.t
    heading(t("monitoring.alarms.now"))
    if not found:
        with ui.element("p"):
            mark(t("monitoring.alarms.none"), "good")
        return
    with ui.element("div").classes("km-monitoring-alarms"):
        for one in sorted(found, key=lambda alarm: (alarm.level is not AlarmLevel.ALARM, -alarm.number)):
            with ui.element("section").classes("km-card"):
                with ui.element("div").classes("km-row"):
                    _level(here, one)
                    heading(_subject(here, one), 3)
                paragraph(one.sentence)
                with ui.element("p").classes("km-quiet"):
                    said = f"{_written(one, one.value)} · {t('monitoring.alarms.limit')} {_written(one, one.limit)}"
                    text(f"{said} · {t('monitoring.alarms.since')} ")
                    moment(one.since)


def show_history(here: Here, found: Sequence[Alarm], *, path: str, before: int | None) -> None:
    """`found` has one more than is shown where there are older ones."""
    t = here.t
    heading(t("monitoring.alarms.history"))
    over = [one for one in found if one.until is not None]
    if not over:
        empty(t("monitoring.alarms.no_history"))
    else:
        titles = ("level", "kind", "value", "worst", "limit", "since", "until", "why")
        columns = [Column(t(f"monitoring.alarms.{name}"), name in {"value", "worst", "limit"}) for name in titles]
        table(t("monitoring.alarms.history"), columns, [_row(here, one) for one in over[:HISTORY]])
    older = f"{path}before={found[HISTORY - 1].number}" if len(found) > HISTORY else None
    pager(t, newer=path.rstrip("?&") if before else None, older=older)


def _row(here: Here, one: Alarm) -> list[Cell]:
    return [
        partial(_level, here, one),
        _subject(here, one),
        *(_written(one, value) for value in (one.value, one.worst, one.limit)),
        partial(moment, one.since),
        partial(moment, one.until),
        one.sentence,
    ]


def _level(here: Here, one: Alarm) -> None:
    mark(here.t(f"monitoring.level.{one.level.value}"), "bad" if one.level is AlarmLevel.ALARM else "hold")


def _subject(here: Here, one: Alarm) -> str:
    kind = here.t(f"monitoring.kind.{one.kind.value}")
    return f"{kind}: {one.what}" if one.what else kind


def _written(one: Alarm, value: float) -> str:
    write: Write = {
        AlarmKind.FEATURE_DRIFT: area,
        AlarmKind.SCORE_DRIFT: area,
        AlarmKind.APPROVAL_RATE: percentage_points,
        AlarmKind.ERRORS: rate,
        AlarmKind.LATENCY: lambda seconds: f"{number(seconds)} s",
        AlarmKind.ENDPOINT_SILENT: _minutes,
        AlarmKind.ENDPOINT_BEHIND: _minutes,
    }.get(one.kind, lambda times: f"\u00d7 {number(times)}")
    return write(value)


def _minutes(value: float | None) -> str:
    return f"{value or 0.0:,.0f} min"
