"""Reads the few figures of each verdict: of its evidence no more than that, and of no bundle anything."""

from dataclasses import dataclass
from typing import Final

import msgspec

from kingmaker.domain.evidence import ApprovalPoint
from kingmaker.domain.run import Run
from kingmaker.domain.verdict import Comparison, Decision, RecordedVerdict
from kingmaker.loop.figure_records import ModelFigures, RunFigures
from kingmaker.ports.house import House

_MEASURES: Final = ("auc", "false_kill", "bad_rate")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    rows: int
    bads: int
    auc: float
    at_cut: ApprovalPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    window: str
    challenger: _Model | None
    champion: _Model | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """The part of a selection that is read; the rest of its text is passed over."""

    evidence: _Evidence | None


def figures_of(house: House, pipeline: str, *, limit: int, before: int | None) -> list[RunFigures]:
    """Of the pipeline's newest runs that have a verdict, with a number below `before`."""
    return [
        _figures(house, run, recorded) for run, recorded in house.ledger.verdicts(pipeline, limit=limit, before=before)
    ]


def _figures(house: House, run: Run, recorded: RecordedVerdict) -> RunFigures:
    evidence = _evidence(house, recorded.evidence)
    judged = (evidence.challenger or evidence.champion) if evidence else None
    verdict = recorded.verdict
    return RunFigures(
        run=run.number,
        as_of=run.request.as_of,
        recorded_at=recorded.recorded_at,
        reason=verdict.reason,
        sentence=verdict.sentence,
        candidate_version=recorded.candidate_version,
        awaits_decision=verdict.decision is Decision.HOLD
        and recorded.candidate_version is not None
        and recorded.settlement is None,
        settlement=recorded.settlement,
        window=evidence.window if evidence else "",
        rows=judged.rows if judged else None,
        bads=judged.bads if judged else None,
        champion=_of_model(evidence.champion) if evidence else _compared(verdict.comparisons, "champion"),
        challenger=_of_model(evidence.challenger) if evidence else _compared(verdict.comparisons, "challenger"),
    )


def _evidence(house: House, digest: str) -> _Evidence | None:
    """None also for what is no longer in the vault."""
    if not house.vault.has(digest):
        return None
    return msgspec.json.decode(house.vault.read(digest), type=_Selection).evidence


def _of_model(model: _Model | None) -> ModelFigures | None:
    if model is None:
        return None
    cut = model.at_cut
    return ModelFigures(
        auc=model.auc, approval_rate=cut.approval_rate, false_kill=cut.false_kill, bad_rate=cut.bad_rate
    )


def _compared(comparisons: tuple[Comparison, ...], model: str) -> ModelFigures | None:
    """What the verdict itself keeps, which stays when its evidence is gone."""
    found = {one.measure: getattr(one, model) for one in comparisons if one.measure in _MEASURES}
    if all(value is None for value in found.values()):
        return None
    return ModelFigures(
        auc=found.get("auc"),
        approval_rate=None,
        false_kill=found.get("false_kill"),
        bad_rate=found.get("bad_rate"),
    )
