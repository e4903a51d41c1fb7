"""Lines of lists: how runs and pipelines stand, in the words that people read."""

from itertools import pairwise
from typing import Final

from kingmaker.control.records import PipelineLine, RunLine
from kingmaker.domain.pipeline_standing import PipelineStanding
from kingmaker.domain.queue import RunStanding
from kingmaker.domain.run import RunReason, RunState, Stage

_NEXT: Final = dict(pairwise(Stage))


def run_line(standing: RunStanding) -> RunLine:
    return RunLine(
        run=standing.run,
        state=_state(standing),
        stage=_stage(standing),
        decision=standing.decision,
        awaits_decision=standing.awaits_decision,
        cancellation=standing.cancellation,
    )


def pipeline_line(standing: PipelineStanding) -> PipelineLine:
    return PipelineLine(
        pipeline=standing.pipeline,
        declaration=standing.declaration,
        champion=standing.champion,
        frozen=standing.frozen,
        schedule=standing.schedule,
        newest_run=run_line(standing.newest_run) if standing.newest_run else None,
        waiting=standing.waiting,
        awaiting_decision=standing.awaiting_decision,
        held=standing.held,
        schedule_fault=standing.schedule_fault,
    )


def _state(standing: RunStanding) -> str:
    run = standing.run
    if run.reason is RunReason.CANCELLED:
        return "cancelled"
    if run.state is RunState.RUNNING:
        return "under way" if standing.is_held else "unfinished"
    return run.state.value


def _stage(standing: RunStanding) -> str:
    """The one after the newest that finished, unless the run ended with that one."""
    finished = standing.finished_stage
    if finished is None:
        return Stage.EXTRACT.value
    if standing.run.state is RunState.FINISHED:
        return finished.value
    return _NEXT.get(finished, finished).value
