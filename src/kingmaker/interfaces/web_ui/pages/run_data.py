"""What a run read: its windows, what was left out and why, and what the data check and the leak guard found."""

from nicegui import ui

from kingmaker.domain.snapshot import Snapshot, Window, WindowBasis, WindowCount
from kingmaker.interfaces.report.decision import severity_mark
from kingmaker.interfaces.report.pictures.windows import windows_figure
from kingmaker.interfaces.report.wording import ABSENT, count, day, number, plain, rate
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import empty, heading, mark, paragraph
from kingmaker.interfaces.web_ui.parts.paper import figure
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.room import room
from kingmaker.interfaces.web_ui.run_parts.head import run_head
from kingmaker.interfaces.web_ui.run_parts.kept import nothing_yet
from kingmaker.interfaces.web_ui.run_parts.pictures import bad_rates_figure, months_figure
from kingmaker.interfaces.web_ui.run_parts.wide import wide
from kingmaker.loop.column_records import MonthCount


@room("/runs/{number}/data", name="runs", title="run.page.data")
async def run_data(here: Here, number: int) -> None:
    await run_head(here, number, "data")
    snapshot, months, stages = await here.ask(
        lambda office: (office.snapshot(number), office.months(number), office.stages(number))
    )
    if snapshot is None:
        nothing_yet(here, stages, here.t("run.data.none"))
        return
    _windows(here, snapshot, months)
    _exclusions(here, snapshot)
    _findings(here, snapshot)
    _left_out(here, snapshot)


def _windows(here: Here, snapshot: Snapshot, months: list[MonthCount]) -> None:
    t = here.t
    heading(t("run.data.windows"))
    said = t("run.data.rows", rows=count(snapshot.rows), features=len(snapshot.features))
    basis = "by_chance" if snapshot.basis is WindowBasis.RANDOM else "by_date"
    paragraph(f"{said} {t(f'run.data.{basis}')}")
    with ui.element("div").classes("km-run-pair"):
        figure(windows_figure(snapshot))
        names = ("window", "from", "to", "rows", "bads", "bad_rate")
        columns = [Column(t(f"run.data.column.{name}"), is_number=name in names[3:]) for name in names]
        table(t("run.data.windows"), columns, [_window(here, one) for one in snapshot.windows]).classes("km-run-plain")
    with wide(t("run.data.by_month")):
        figure(months_figure(t, months))
        figure(bad_rates_figure(t, months))


def _window(here: Here, one: WindowCount) -> list[Cell]:
    is_known = one.window is not Window.RECENT
    return [
        here.t(f"run.window.{one.window}"),
        day(one.first),
        day(one.last),
        count(one.rows),
        count(one.bads) if is_known else ABSENT,
        rate(one.bad_rate) if is_known else ABSENT,
    ]


def _exclusions(here: Here, snapshot: Snapshot) -> None:
    t = here.t
    heading(t("run.data.exclusions"))
    if not snapshot.exclusions:
        empty(t("run.data.no_exclusions"))
        return
    columns = [
        Column(t("run.data.column.reason")),
        Column(t("run.data.column.rows"), is_number=True),
        Column(t("run.data.column.meaning")),
    ]
    rows: list[list[Cell]] = [
        [plain(one.reason), count(one.rows), one.sentence.removeprefix(f"{one.rows:,} rows: ")]
        for one in snapshot.exclusions
    ]
    table(t("run.data.exclusions"), columns, rows)


def _findings(here: Here, snapshot: Snapshot) -> None:
    t = here.t
    heading(t("run.data.findings"))
    if not snapshot.findings:
        empty(t("run.data.no_findings"))
        return
    names = ("severity", "check", "column", "value", "limit", "meaning")
    columns = [Column(t(f"run.data.column.{name}"), is_number=name in {"value", "limit"}) for name in names]
    rows: list[list[Cell]] = []
    for one in snapshot.findings:
        shown = severity_mark(one.severity)
        told = f"{shown.symbol} {t(f'run.severity.{one.severity}')}"
        rows.append(
            [
                lambda told=told, kind=shown.kind: mark(told, kind),  # type: ignore[misc]
                plain(one.check),
                one.column or ABSENT,
                number(one.value),
                number(one.limit),
                one.told(),
            ]
        )
    table(t("run.data.findings"), columns, rows).classes("km-run-findings")


def _left_out(here: Here, snapshot: Snapshot) -> None:
    t = here.t
    heading(t("run.data.left_out"))
    if not snapshot.left_out:
        empty(t("run.data.no_left_out"))
        return
    columns = [Column(t("run.data.column.column")), Column(t("run.data.column.why"))]
    table(t("run.data.left_out"), columns, [[one.column, one.reason] for one in snapshot.left_out])
