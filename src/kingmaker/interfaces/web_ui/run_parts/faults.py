"""What failed while the run went on: where, of what kind, and with which traceback."""

from collections.abc import Sequence

from nicegui import ui

from kingmaker.domain.trial import Fault
from kingmaker.interfaces.report.wording import ABSENT, plain
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, empty, heading, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table

MOST = 50


def faults_shown(here: Here, faults: Sequence[Fault]) -> None:
    """Newest first; a traceback is shown when it is asked for."""
    t = here.t
    heading(t("run.faults.title"))
    if not faults:
        empty(t("run.faults.none"))
        return
    if len(faults) > MOST:
        paragraph(t("run.faults.newest", count=MOST), quiet=True)
    names = ("when", "stage", "trial", "kind", "message")
    columns = [Column(t(f"run.faults.column.{name}"), is_number=name == "trial") for name in names]
    table(t("run.faults.title"), columns, [_row(here, fault) for fault in faults[:MOST]])


def _row(here: Here, fault: Fault) -> list[Cell]:
    return [
        lambda: moment(fault.happened_at),
        fault.stage,
        ABSENT if fault.trial is None else str(fault.trial),
        plain(fault.kind),
        lambda: _message(here, fault),
    ]


def _message(here: Here, fault: Fault) -> None:
    text(fault.message)
    if fault.traceback:
        with ui.element("details"):
            element("summary", here.t("run.faults.traceback"))
            with ui.element("pre").classes("km-run-traceback"):
                text(fault.traceback)
