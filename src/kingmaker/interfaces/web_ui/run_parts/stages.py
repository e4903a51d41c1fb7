"""The stages of a run: which finished, which is under way, and what became of the run."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from kingmaker.control.records import RunLine
from kingmaker.domain.run import RunReason, RunState, Stage, StageRecord
from kingmaker.interfaces.report.wording import ABSENT, duration
from kingmaker.interfaces.web_ui.here import Here
from kingmaker.interfaces.web_ui.parts.elements import element, heading, link, mark, moment, paragraph, text
from kingmaker.interfaces.web_ui.parts.tables import Cell, Column, table
from kingmaker.interfaces.web_ui.run_parts.marks import kind_of

_MARKS: Final = {"done": "good", "reused": "good", "now": "open", "failed": "bad", "stopped": "hold", "ahead": "open"}


def outcome(here: Here, line: RunLine, sentence: str) -> None:
    """What became of the run, or why nothing does, and what to do next; `sentence` is its verdict's, empty without one."""
    run = line.run
    with ui.element("section").classes(f"km-card km-run-outcome {kind_of(line)}").props("aria-live=polite"):
        heading(here.t(f"run.reason.{run.reason}") if run.state.is_over() else _standing(here, line), 2)
        if line.cancellation is not None:
            with element("p"):
                text(here.t("run.cancelled_by", by=line.cancellation.by, why=line.cancellation.why) + " ")
                moment(line.cancellation.at)
        if run.detail and run.reason is not RunReason.CANCELLED:
            paragraph(run.detail)
        if sentence:
            paragraph(sentence)
        hint = _hint(here, line)
        if hint:
            paragraph(hint, quiet=True)
        if line.decision is not None:
            link(here.t("run.to_verdict"), f"/runs/{run.number}/verdict")


def _standing(here: Here, line: RunLine) -> str:
    return here.t("run.waits") if line.state == "unfinished" else here.t("run.goes_on")


def _hint(here: Here, line: RunLine) -> str:
    match line.run.reason:
        case RunReason.REQUESTED if line.state == "unfinished":
            return here.t("run.hint.unfinished", run=line.run.number)
        case RunReason.DATA_REFUSED:
            return here.t("run.hint.data_refused")
        case RunReason.STAGE_FAILED | RunReason.GIVEN_UP:
            return here.t("run.hint.failed")
        case RunReason.CANCELLED:
            return here.t("run.hint.cancelled")
        case _:
            return here.t("run.hint.awaits") if line.awaits_decision else ""


def stage_list(here: Here, line: RunLine, records: Sequence[StageRecord]) -> None:
    """All stages in order, also those that are still to come."""
    found = {record.stage: record for record in records}
    columns = [
        Column(here.t("run.column.stage")),
        Column(here.t("run.column.what")),
        Column(here.t("run.column.state")),
        Column(here.t("run.column.took"), is_number=True),
        Column(here.t("run.column.finished")),
    ]
    heading(here.t("run.stages"))
    rows = [_row(here, line, stage, found.get(stage)) for stage in _stages(line, found)]
    table(here.t("run.stages"), columns, rows).classes("km-run-stages km-run-plain")


def _stages(line: RunLine, found: dict[Stage, StageRecord]) -> list[Stage]:
    """Of a finished run those that it did: one that was asked for less, or made before a stage was, has no more."""
    return [stage for stage in Stage if stage in found or line.run.state is not RunState.FINISHED]


def _row(here: Here, line: RunLine, stage: Stage, record: StageRecord | None) -> list[Cell]:
    state = _state(line, stage, record)
    return [
        here.t(f"run.stage.{stage}"),
        here.t(f"run.does.{stage}"),
        lambda: mark(here.t(f"run.stage_state.{state}"), _MARKS[state]),
        duration(record.seconds) if record else ABSENT,
        (lambda: moment(record.finished_at)) if record else ABSENT,
    ]


def _state(line: RunLine, stage: Stage, record: StageRecord | None) -> str:
    if record is not None:
        return "reused" if record.reused else "done"
    if line.stage != stage:
        return "ahead"
    if line.run.state is RunState.FAILED:
        return "failed"
    return "stopped" if line.run.state.is_over() or line.state == "unfinished" else "now"


def downloads(here: Here, line: RunLine) -> None:
    """Files about the run, as programs get them too."""
    base, name = f"/api/v1/runs/{line.run.number}", f"run-{line.run.number}"
    heading(here.t("run.downloads"))
    with ui.element("div").classes("km-row"):
        link(here.t("run.download.report"), f"{base}/report").props(f"download={name}.html")
        link(here.t("run.download.account"), f"{base}/account").props(f"download={name}.json")
        link(here.t("run.download.trials"), f"{base}/trials.csv").props(f"download={name}-trials.csv")
