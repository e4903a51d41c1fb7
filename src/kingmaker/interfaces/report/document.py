"""The model-risk document: what a model is for, how it was made and judged, what it cannot do, and who decided."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kingmaker.domain.alarm import Limit, MonitorPolicy
from kingmaker.domain.snapshot import Severity
from kingmaker.domain.verdict import GateOutcome
from kingmaker.interfaces.report.document_facts import DocumentFacts
from kingmaker.interfaces.report.sections import report_templates, said_by_sections
from kingmaker.interfaces.report.wording import number, percent, rate

SECTIONS: Final = (
    ("purpose", "Purpose and use"),
    ("data", "Data"),
    ("exclusions", "Exclusions"),
    ("default", "Definition of default"),
    ("method", "Method"),
    ("assumptions", "Assumptions"),
    ("performance", "Performance"),
    ("stability", "Stability"),
    ("calibration", "Calibration"),
    ("thresholds", "Grades and thresholds"),
    ("features", "What it rests on"),
    ("fairness", "Fairness"),
    ("limits", "Limits"),
    ("monitoring", "Monitoring plan"),
    ("approvals", "Approvals"),
    ("lineage", "Lineage"),
    ("audit", "Audit"),
)
"""Names of templates and their titles, in the order of the document."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A reading of the monitoring plan, with the limits that an alarm has."""

    what: str
    watch: str
    alarm: str


def render_document(facts: DocumentFacts) -> str:
    """One self-contained HTML page. The same facts give the same page, byte for byte; everything from the data is escaped."""
    said = said_by_sections(facts.report) | {
        "document": facts,
        "model": facts.model,
        "declared": facts.declared,
        "sections": SECTIONS,
        "limits": limits_of(facts),
        "watched": watched(MonitorPolicy()),
        "titled": False,
    }
    return report_templates().get_template("document/page.html").render(said)


def limits_of(facts: DocumentFacts) -> tuple[str, ...]:
    """What the model is not known to do, each as one sentence, as its run saw it."""
    report, verdict, snapshot = facts.report, facts.report.verdict, facts.report.snapshot
    found: list[str] = []
    if report.forgotten:
        found.append(report.forgotten)
    if facts.is_refit:
        found.append(
            "What is published is the tested model fitted again on all matured loans. The figures in this document are of the "
            "tested model: its refit has learnt from the loans of the test window, so nothing can be measured on them."
        )
    if verdict is not None:
        judged = (*verdict.gates, *verdict.agreement)
        found += [gate.sentence for gate in judged if gate.outcome is not GateOutcome.PASSED]
        found += verdict.notes
    if snapshot is not None:
        found += [one.told() for one in snapshot.findings if one.severity is not Severity.NOTE]
    if report.thresholds is not None and report.thresholds.note:
        found.append(report.thresholds.note)
    if facts.model.no_reasons:
        found.append(facts.model.no_reasons)
    return tuple(dict.fromkeys(found))


def watched(policy: MonitorPolicy) -> tuple[Watched, ...]:
    """The monitoring plan as it is carried out: every reading with its limits."""
    seconds, minutes = _unit("s"), _unit("min")
    return (
        _watched("Drift of a column: population stability index over seven days", policy.feature_drift, number),
        _watched("Drift of the score: the same index of the grades\u2019 shares", policy.score_drift, number),
        _watched("Approval rate: difference from the one that the cut was made for", policy.approval_rate, percent),
        _watched("Volume: times as many, or as few, answers as on a usual day", policy.volume, number),
        _watched("Errors: share of requests that failed by the endpoint\u2019s own fault", policy.errors, rate),
        _watched("Latency: 99 of 100 requests answered within", policy.latency, seconds),
        _watched("Endpoint silent for", policy.endpoint_silent, minutes),
        _watched("Endpoint behind what was announced for", policy.endpoint_behind, minutes),
        _watched(
            "Early delinquency: share gone bad by an age, as a multiple of the training loans\u2019",
            policy.early_delinquency,
            number,
        ),
        _watched(
            "Calibration: observed bad rate as a multiple of the predicted one, or the reverse",
            policy.calibration,
            number,
        ),
    )


def _watched(what: str, limit: Limit, write: Callable[[float], str]) -> Watched:
    return Watched(what, write(limit.watch), write(limit.alarm))


def _unit(unit: str) -> Callable[[float], str]:
    return lambda value: f"{number(value)}\u202f{unit}"
