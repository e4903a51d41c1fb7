"""What people are told, in words: one occurrence of the ledger as one message."""

from typing import Final

from kingmaker.domain.notice import NoticeKind, Occurrence
from kingmaker.domain.run import Run, RunReason
from kingmaker.domain.trial import Fault
from kingmaker.domain.verdict import Decision, RecordedVerdict
from kingmaker.loop.records import EndpointReport

_DECIDED: Final = {
    Decision.PROMOTE: "has a new champion",
    Decision.HOLD: "has a challenger that waits for a person to decide",
    Decision.REJECT: "keeps its champion",
}


def verdict_reached(run: Run, recorded: RecordedVerdict) -> Occurrence:
    verdict, pipeline = recorded.verdict, run.request.pipeline
    return Occurrence(
        cause=f"verdict/{pipeline}/{run.number}",
        kind=NoticeKind.VERDICT,
        pipeline=pipeline,
        run=run.number,
        title=f"{pipeline}: run {run.number} {_DECIDED[verdict.decision]}",
        text=verdict.sentence,
    )


def run_failed(run: Run, faults: list[Fault]) -> Occurrence:
    """Runs that fail for the same reason have one cause, so that a night of failures is one message."""
    pipeline = run.request.pipeline
    of_the_run = [fault.kind for fault in faults if fault.stage == "run" and fault.trial is None]
    why = of_the_run[-1] if of_the_run and run.reason is not RunReason.GIVEN_UP else run.reason.value
    return Occurrence(
        cause=f"fault/{pipeline}/{why}",
        kind=NoticeKind.FAULT,
        pipeline=pipeline,
        run=run.number,
        title=f"{pipeline}: run {run.number} failed",
        text=run.detail or "The run's faults say why.",
    )


def endpoint_silent(pipeline: str, report: EndpointReport) -> Occurrence:
    minutes = (report.age_seconds or 0.0) / 60
    return Occurrence(
        cause=f"endpoint/{pipeline}/{report.endpoint}",
        kind=NoticeKind.ALARM,
        pipeline=pipeline,
        run=None,
        title=f"{pipeline}: endpoint {report.endpoint} is silent",
        text=f"It last reported {minutes:.0f} minutes ago, serving version {report.version[:12] or 'none'}.",
    )
