"""Select: gates and ranking on the selection window, then the one finalist against the champion on the test window."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.run import Lease
from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.domain.trial import Trial
from kingmaker.domain.verdict import Verdict, VerdictReason
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.candidates import candidate_of, fitted_again
from kingmaker.loop.judging.contenders import contenders_of
from kingmaker.loop.judging.examination import Examination, examine
from kingmaker.loop.judging.final import Final, as_tested, finish
from kingmaker.loop.judging.gates.data import data_gates
from kingmaker.loop.judging.gates.outcome import failed
from kingmaker.loop.judging.gates.proof import too_few
from kingmaker.loop.judging.incumbent import (
    Standing,
    bundle_in_force,
    incumbent_before_test,
    incumbent_on_test,
    missing_columns,
    standing_of,
)
from kingmaker.loop.judging.judged import applied_on, rows_of_windows
from kingmaker.loop.judging.ranking import Contender, finalist_of, nearest_of, ranking_of
from kingmaker.loop.looking import Closed, Doorkeeper, Opening
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.previous import best_auc_before
from kingmaker.loop.refitting.record import Refit
from kingmaker.loop.selection import Finalist, Selection
from kingmaker.pipeline.declaration import Pipeline, Policy, Promote
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress

PROVING = (Promote.PROVEN, Promote.POINT)
REPLACES = "This pipeline replaces at every run, whatever the gates and the champion say."
BEFORE_TEST = (Window.TRAIN, Window.CALIBRATION, Window.SELECTION, Window.RECENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectTask:
    """All that selection looks at. `turn` is the champion pointer now, None before the first champion.

    `prepared` is None, and `trials` are empty, for a run that takes the second look at an earlier run's challenger.
    """

    house: House
    pipeline: Pipeline
    snapshot: Snapshot
    prepared: Prepared | None
    trials: Sequence[Trial]
    turn: ChampionTurn | None
    lease: Lease
    rehearse: Callable[[Trial, str], Refit]
    """Fits a trial's procedure on every loan before the test window, on the recipe of that vault digest."""
    threads: int
    progress: Progress

    @property
    def policy(self) -> Policy:
        return self.pipeline.policy

    @property
    def doorkeeper(self) -> Doorkeeper:
        return Doorkeeper(
            house=self.house,
            policy=self.policy,
            pipeline=self.pipeline.pipeline,
            lease=self.lease,
            today=self.snapshot.as_of,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """The bench, and the champion that sits on it, if there is one."""

    task: SelectTask
    bench: Bench
    standing: Standing | None


def select(task: SelectTask) -> Selection:
    """Judge every fitted trial, choose one finalist, and open the test window for it alone, when a look is due."""
    scene = _scene(task)
    if task.prepared is None:
        return _confirmed(scene)
    contenders = contenders_of(
        scene.bench,
        task.trials,
        prepared=task.prepared,
        vault=task.house.vault,
        threads=task.threads,
        progress=task.progress,
    )
    chosen = finalist_of(contenders, regardless=task.policy.promote is Promote.ALWAYS)
    if chosen is None:
        return _nobody(scene, contenders)
    why_closed = _why_closed(scene, chosen)
    if why_closed is not None:
        return _unopened(scene, contenders, *why_closed, chosen)
    return _tested(scene, contenders, chosen)


def _why_closed(scene: _Scene, chosen: Contender) -> tuple[VerdictReason, str] | None:
    """Why nothing that the test window could show would change anything."""
    task = scene.task
    if task.turn is not None and task.policy.promote is Promote.NEVER:
        return VerdictReason.NEVER_REPLACED, "This pipeline keeps its champion: the run trained and recorded."
    if _is_the_champion(scene, chosen):
        why = "The challenger is the champion, fitted on the same loans in the same way: nothing to replace."
        return VerdictReason.IDENTICAL, why
    test, policy = task.snapshot.window(Window.TEST), task.policy
    if scene.bench.incumbent is not None and policy.promote in PROVING and test.bads < policy.min_bads:
        return VerdictReason.NOT_ENOUGH_BADS, too_few(policy, test.bads)
    return None


def _tested(scene: _Scene, contenders: Sequence[Contender], chosen: Contender) -> Selection:
    task = scene.task
    opening = _opening(scene, chosen.candidate.trial.key)
    if isinstance(opening, Closed):
        return _unopened(scene, contenders, VerdictReason.NO_LOOK_DUE, opening.sentence, chosen)
    again = task.rehearse(chosen.candidate.trial, chosen.candidate.recipe_digest)
    final = finish(scene.bench, _rehearsed(scene, chosen, again), threads=task.threads)
    if task.policy.promote is Promote.ALWAYS:
        return _unopened(scene, contenders, VerdictReason.REPLACED, REPLACES, chosen, _finalist(final, again))
    return _opened(scene, contenders, chosen, final, opening, _finalist(final, again))


def _rehearsed(scene: _Scene, chosen: Contender, again: Refit) -> Candidate:
    """What is tested: the procedure fitted up to the test window; the trial's own model where that failed."""
    if again.model is None:
        return chosen.candidate
    task = scene.task
    return fitted_again(chosen.candidate, again, rows=scene.bench.rows, vault=task.house.vault, threads=task.threads)


def _is_the_champion(scene: _Scene, chosen: Contender) -> bool:
    incumbent = scene.bench.incumbent
    return incumbent is not None and incumbent.trial is not None and incumbent.trial.key == chosen.candidate.trial.key


def _scene(task: SelectTask) -> _Scene:
    rows = rows_of_windows(task.house.vault, task.snapshot, BEFORE_TEST)
    standing = _standing(task)
    comparable = standing is not None and not missing_columns(standing.bundle.schema, rows[Window.SELECTION])
    incumbent = incumbent_before_test(standing, rows) if standing and comparable else None
    bench = Bench(
        pipeline=task.pipeline,
        snapshot=task.snapshot,
        rows=rows,
        incumbent=incumbent,
        applied_on=applied_on(task.house.vault, task.snapshot),
        holdout_bads=task.prepared.holdout_bads if task.prepared else None,
        best_before=best_auc_before(task.house, task.pipeline.pipeline, before_run=task.lease.run),
    )
    return _Scene(task=task, bench=bench, standing=standing)


def _standing(task: SelectTask) -> Standing | None:
    if task.turn is None:
        return None
    return standing_of(task.house, task.turn, bundle_in_force(task.house, task.turn), threads=task.threads)


def _confirmed(scene: _Scene) -> Selection:
    """The second look: the same artefact as at the first, judged on today's windows. No other challenger is searched for."""
    task = scene.task
    finalist = task.doorkeeper.challenger_to_confirm()
    trial = task.house.ledger.trial(finalist.trial_key) if finalist else None
    if finalist is None or trial is None or scene.bench.incumbent is None:
        why = "The challenger that waited for its second look can no longer be compared: the champion has changed."
        return _unopened(scene, (), VerdictReason.NOT_CONFIRMED, why, None)
    candidate = candidate_of(
        replace(trial, model=finalist.model),
        recipe_digest=finalist.recipe,
        rows=scene.bench.rows,
        vault=task.house.vault,
        threads=task.threads,
    )
    contender = Contender(candidate=candidate, gates=data_gates(scene.bench), merit=None)
    opening = task.doorkeeper.open(trial.key, scene.bench.incumbent.version)
    if isinstance(opening, Closed):
        return _unopened(scene, (contender,), VerdictReason.NO_LOOK_DUE, opening.sentence, contender)
    final = as_tested(scene.bench, candidate, finalist, threads=task.threads)
    return _opened(scene, (), contender, final, opening, finalist)


def _opening(scene: _Scene, trial_key: str) -> Opening | Closed:
    """Only a look that may lead to an unattended promotion by the proven rule takes from the error budget."""
    task, champion = scene.task, scene.bench.incumbent
    enough = task.snapshot.window(Window.TEST).bads >= task.policy.min_bads
    if task.policy.promote is Promote.PROVEN and champion is not None and enough:
        return task.doorkeeper.open(trial_key, champion.version)
    return Opening(alpha=task.policy.yearly_error / task.policy.looks_per_year)


def _opened(
    scene: _Scene,
    contenders: Sequence[Contender],
    chosen: Contender,
    final: Final,
    opening: Opening,
    finalist: Finalist,
) -> Selection:
    task = scene.task
    test = rows_of_windows(task.house.vault, task.snapshot, (Window.TEST,))
    comparable = scene.standing is not None and scene.bench.incumbent is not None
    on_test = incumbent_on_test(scene.standing, test[Window.TEST]) if scene.standing and comparable else None
    examination = Examination(
        bench=scene.bench,
        contender=chosen,
        final=final,
        rows=test[Window.TEST],
        incumbent=on_test,
        bundle=scene.standing.bundle if scene.standing else None,
        opening=opening,
    )
    verdict, evidence = examine(examination)
    return Selection(
        verdict=verdict,
        evidence=evidence,
        finalist=finalist,
        ranking=ranking_of(contenders),
        champion_turn=task.turn.turn if task.turn else 0,
    )


def _finalist(final: Final, again: Refit) -> Finalist:
    candidate = final.candidate
    return Finalist(
        trial=candidate.trial.spec.number,
        trial_key=candidate.trial.key,
        learner=candidate.trial.spec.learner,
        model=candidate.model,
        recipe=candidate.recipe_digest,
        calibration=final.calibration,
        thresholds=final.thresholds,
        parity=candidate.parity,
        rows=again.rows if again.model else None,
        until=again.until,
        rehearsed=again.model is not None,
    )


def _nobody(scene: _Scene, contenders: Sequence[Contender]) -> Selection:
    """Nobody met the gates: those of the one that came nearest say why."""
    nearest = nearest_of(contenders)
    first = failed(nearest.gates)[0]
    why = f"None of {len(contenders)} fitted trials met every gate. The nearest failed {first.code}: {first.sentence}"
    return _unopened(scene, contenders, VerdictReason.NO_CANDIDATE, why, nearest)


def _unopened(
    scene: _Scene,
    contenders: Sequence[Contender],
    reason: VerdictReason,
    sentence: str,
    told: Contender | None,
    finalist: Finalist | None = None,
) -> Selection:
    """A selection that left the test window closed; `told` is the contender whose gates are shown."""
    turn = scene.task.turn
    verdict = Verdict(
        reason=reason,
        sentence=sentence,
        rule=scene.task.policy.promote.value,
        challenger_trial=told.candidate.trial.spec.number if told else None,
        champion_version=turn.version if turn else None,
        gates=told.gates if told else (),
        comparisons=(),
        swap_set=(),
    )
    return Selection(
        verdict=verdict,
        evidence=None,
        finalist=finalist,
        ranking=ranking_of(contenders),
        champion_turn=turn.turn if turn else 0,
    )
