"""What the model-risk document is rendered from: version, account of its run, declaration, head of the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.report.facts import ReportFacts, facts_of
from kingmaker.loop.model_records import ModelAccount
from kingmaker.loop.records import RunAccount
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import parse_pipeline


class Told(Protocol):
    """The verbs that the document needs."""

    def model(self, pipeline: str, version: str) -> ModelAccount: ...

    def account(self, number: int) -> RunAccount: ...

    def audit(self, *, limit: int = 100) -> list[AuditEntry]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision about the version: what, by whom, when (UTC), and why."""

    what: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """`declared` is None where this release cannot read the run's declaration any more; `newest` is the newest audit entry."""

    model: ModelAccount
    report: ReportFacts
    declared: Pipeline | None
    decided: tuple[Decided, ...]
    newest: AuditEntry | None

    @property
    def is_refit(self) -> bool:
        """Whether what is published was fitted again after the test, also on the loans that the evidence is about."""
        return self.model.lineage.published_as == "refit"


def document_facts(told: Told, pipeline: str, version: str) -> DocumentFacts:
    """Raises NotFound for no such version, BundleRefused for one that cannot be believed."""
    model = told.model(pipeline, version)
    account = told.account(model.version.run)
    newest = told.audit(limit=1)
    return DocumentFacts(
        model=model,
        report=facts_of(account),
        declared=_declared(account),
        decided=tuple(sorted(_decisions(model, account), key=lambda one: one.at)),
        newest=newest[0] if newest else None,
    )


def _declared(account: RunAccount) -> Pipeline | None:
    request = account.run.request
    try:
        return parse_pipeline(request.declaration, request.declared_in)
    except KingmakerError:
        return None


def _decisions(model: ModelAccount, account: RunAccount) -> Iterator[Decided]:
    run, recorded = account.run, account.recorded
    yield Decided(
        what=f"run {run.number} asked for",
        by=run.request.requested_by,
        at=run.started_at,
        why=f"As of {run.request.as_of}.",
    )
    if recorded is not None and recorded.candidate_version == model.version.version:
        yield Decided(
            what=f"verdict: {recorded.verdict.decision.value}",
            by="the declared policy",
            at=recorded.recorded_at,
            why=recorded.verdict.sentence,
        )
        if recorded.settlement is not None:
            settled = recorded.settlement
            what = "approved by a person" if settled.approved else "rejected by a person"
            yield Decided(what=what, by=settled.by, at=settled.at, why=settled.why)
    for held in model.in_force:
        turn = held.turn
        yield Decided(
            what=f"in force, turn {turn.turn} ({turn.reason.value.replace('_', ' ')})",
            by=turn.by,
            at=turn.since,
            why=turn.why,
        )
