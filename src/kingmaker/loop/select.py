"""Select: gates and ranking on the selection window, then the one finalist against the champion on the test window."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.bundle.reading import Bundle
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Trial
from kingmaker.domain.verdict import Verdict, VerdictReason
from kingmaker.loop.judging.bench import Bench
from kingmaker.loop.judging.contenders import contenders_of
from kingmaker.loop.judging.examination import Examination, examine
from kingmaker.loop.judging.final import Final, finish
from kingmaker.loop.judging.gates.outcome import failed
from kingmaker.loop.judging.incumbent import bundle_in_force, incumbent_on, missing_columns
from kingmaker.loop.judging.judged import JudgedRows, judged_rows
from kingmaker.loop.judging.ranking import Contender, finalist_of, ranking_of
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.selection import Finalist, Selection
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress

BEFORE_TEST = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.RECENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectTask:
    """All that selection looks at. `turn` is the champion pointer now, None before the first champion."""

    house: House
    pipeline: Pipeline
    snapshot: Snapshot
    prepared: Prepared
    trials: Sequence[Trial]
    turn: ChampionTurn | None
    threads: int
    progress: Progress


def select(task: SelectTask) -> Selection:
    """Judge every fitted trial, choose one finalist, and open the test window for it alone."""
    bundle = bundle_in_force(task.house, task.turn) if task.turn else None
    bench = _bench(task, bundle)
    contenders = contenders_of(
        bench,
        task.trials,
        prepared=task.prepared,
        vault=task.house.vault,
        threads=task.threads,
        progress=task.progress,
    )
    chosen = finalist_of(contenders)
    if chosen is None:
        return _selection(task, _verdict_without_finalist(task, contenders), contenders)
    return _examined(task, bench, bundle, contenders, chosen)


def _bench(task: SelectTask, bundle: Bundle | None) -> Bench:
    rows = _rows(task, BEFORE_TEST)
    comparable = bundle is not None and not missing_columns(bundle.schema, rows[Window.SELECTION])
    incumbent = incumbent_on(task.house, task.turn, bundle, rows) if task.turn and bundle and comparable else None
    return Bench(pipeline=task.pipeline, snapshot=task.snapshot, rows=rows, incumbent=incumbent)


def _rows(task: SelectTask, windows: Sequence[Window]) -> dict[Window, JudgedRows]:
    frame = load_snapshot(task.house.vault, task.snapshot, windows)
    return {window: judged_rows(frame, (window,)) for window in windows}


def _examined(
    task: SelectTask, bench: Bench, bundle: Bundle | None, contenders: Sequence[Contender], chosen: Contender
) -> Selection:
    final = finish(bench, chosen.candidate, threads=task.threads)
    test = _rows(task, (Window.TEST,))
    on_test = incumbent_on(task.house, task.turn, bundle, test) if task.turn and bundle and bench.incumbent else None
    examination = Examination(
        bench=bench,
        contender=chosen,
        final=final,
        rows=test[Window.TEST],
        incumbent=on_test,
        bundle=bundle,
    )
    verdict, evidence = examine(examination)
    return Selection(
        verdict=verdict,
        evidence=evidence,
        finalist=_finalist(final),
        ranking=ranking_of(contenders),
        champion_turn=task.turn.turn if task.turn else 0,
    )


def _finalist(final: Final) -> Finalist:
    candidate = final.candidate
    if candidate.trial.model is None:
        message = f"trial {candidate.trial.spec.number} has no model"
        raise ValueError(message)
    return Finalist(
        trial=candidate.trial.spec.number,
        trial_key=candidate.trial.key,
        learner=candidate.trial.spec.learner,
        model=candidate.trial.model,
        recipe=candidate.recipe_digest,
        calibration=final.calibration,
        thresholds=final.thresholds,
        parity=candidate.parity,
    )


def _selection(task: SelectTask, verdict: Verdict, contenders: Sequence[Contender]) -> Selection:
    return Selection(
        verdict=verdict,
        evidence=None,
        finalist=None,
        ranking=ranking_of(contenders),
        champion_turn=task.turn.turn if task.turn else 0,
    )


def _verdict_without_finalist(task: SelectTask, contenders: Sequence[Contender]) -> Verdict:
    """Nobody met the gates: the gates of the one that came nearest say why. The test window stays closed."""
    nearest = min(contenders, key=lambda contender: (len(failed(contender.gates)), contender.order))
    first = failed(nearest.gates)[0]
    return Verdict(
        reason=VerdictReason.NO_CANDIDATE,
        sentence=f"None of {len(contenders)} fitted trials met every gate. The nearest failed {first.code}: {first.sentence}",
        rule=task.pipeline.policy.promote.value,
        challenger_trial=nearest.candidate.trial.spec.number,
        champion_version=task.turn.version if task.turn else None,
        gates=nearest.gates,
        comparisons=(),
        swap_set=(),
    )
