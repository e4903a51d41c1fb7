"""The search: which trials to fit next, decided from the results of whole earlier generations and the seed alone."""

import hashlib
import statistics
from collections.abc import Mapping, Sequence

import optuna

from kingmaker.domain.trial import Imbalance, Trial, TrialEnd, TrialSpec
from kingmaker.loop.training.fit_order import Curve
from kingmaker.pipeline.declaration import Training
from kingmaker.ports.learner import Learner

SMALLEST_GENERATION = 4
GENERATIONS = 6
RANDOM_TRIALS = 4
"""Trials of a learner that are drawn at random (the default is one of them) before its results steer the search."""
CURVES_BEFORE_PRUNING = 4
FAULTS_BEFORE_GIVING_UP = 2
LEADERS_SHARE = 0.5
"""Share of the trials that the learner with the best trial so far gets; the others share the rest."""


class Search:
    """Asks for trials in generations of a size that the declaration alone fixes, so that workers and kills change nothing.

    Told the same results, it asks the same trials, bit for bit. Used from one thread.
    """

    def __init__(self, training: Training, learners: Mapping[str, Learner]) -> None:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._training = training
        self._branches = {name: _Branch(name, learner, training) for name, learner in learners.items()}
        self._asked = 0
        self._generation = max(SMALLEST_GENERATION, -(-training.trials // GENERATIONS))

    def next_generation(self) -> tuple[TrialSpec, ...]:
        """The next trials, numbered from 1; none when the declared number is reached or no learner is left."""
        specs: list[TrialSpec] = []
        while len(specs) < self._generation and self._asked < self._training.trials:
            branch = self._neediest()
            if branch is None:
                break
            self._asked += 1
            specs.append(branch.ask(self._asked))
        return tuple(specs)

    def prune_below(self, learner: str) -> Curve:
        """For each rung the median holdout AUC that the learner's told trials had there."""
        return self._branches[learner].medians()

    def tell(self, trials: Sequence[Trial]) -> None:
        """The results of a whole generation, in the order of their numbers."""
        for trial in trials:
            self._branches[trial.spec.learner].tell(trial)

    def _neediest(self) -> "_Branch | None":
        """The learner that is furthest below its share of the trials; in declared order where that is equal."""
        branches = [branch for branch in self._branches.values() if not branch.is_given_up()]
        untried = [branch for branch in branches if branch.asked == 0]
        if untried or not branches:
            return untried[0] if untried else None
        leader = max(branches, key=lambda branch: branch.best)
        total = sum(branch.asked for branch in branches) + 1
        shares = {id(branch): _share(branch is leader, leader.best, len(branches)) for branch in branches}
        return max(branches, key=lambda branch: shares[id(branch)] * total - branch.asked)


def _share(is_leader: bool, best: float, learners: int) -> float:
    if learners == 1 or best == float("-inf"):
        return 1.0 / learners
    return LEADERS_SHARE if is_leader else (1.0 - LEADERS_SHARE) / (learners - 1)


class _Branch:
    """The search for one learner: a study of its own, because hyperparameters of two learners have nothing in common."""

    def __init__(self, name: str, learner: Learner, training: Training) -> None:
        self._name = name
        self._learner = learner
        self._training = training
        self._open: dict[int, optuna.trial.Trial] = {}
        self._curves: list[dict[int, float]] = []
        self._faults = 0
        self.asked = 0
        self.best = float("-inf")
        seed = int.from_bytes(hashlib.sha256(f"{training.seed}:{name}".encode()).digest()[:4], "big")
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=RANDOM_TRIALS, constant_liar=True)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)

    def is_given_up(self) -> bool:
        """Nothing but faults so far, and enough of them."""
        return self.best == float("-inf") and self._faults >= FAULTS_BEFORE_GIVING_UP

    def ask(self, number: int) -> TrialSpec:
        is_first = self.asked == 0
        self.asked += 1
        if is_first:
            first = {"imbalance": self._imbalances()[0], "denoising": self._training.denoising[0].value}
            self._study.enqueue_trial({**self._learner.default(), **first})
        asked = self._study.ask()
        self._open[number] = asked
        imbalance = asked.suggest_categorical("imbalance", self._imbalances())
        denoising = asked.suggest_categorical("denoising", [choice.value for choice in self._training.denoising])
        suggested = self._learner.suggest(asked)
        return TrialSpec(
            number=number,
            learner=self._name,
            recipe=self._learner.recipe,
            hyperparameters=self._learner.default() if is_first else suggested,
            imbalance=imbalance,
            denoising=denoising,
            seed=self._training.seed,
        )

    def tell(self, trial: Trial) -> None:
        asked = self._open.pop(trial.spec.number)
        if trial.curve:
            self._curves.append(dict(trial.curve))
            asked.report(trial.curve[-1][1], trial.curve[-1][0])
        if trial.end is TrialEnd.FITTED and trial.utility is not None:
            self.best = max(self.best, trial.utility)
            self._study.tell(asked, trial.utility)
        elif trial.end is TrialEnd.PRUNED:
            self._study.tell(asked, state=optuna.trial.TrialState.PRUNED)
        else:
            self._faults += 1
            self._study.tell(asked, state=optuna.trial.TrialState.FAIL)

    def medians(self) -> Curve:
        rungs = sorted({rung for curve in self._curves for rung in curve})
        reached = {rung: [curve[rung] for curve in self._curves if rung in curve] for rung in rungs}
        return tuple(
            (rung, statistics.median(values))
            for rung, values in reached.items()
            if len(values) >= CURVES_BEFORE_PRUNING
        )

    def _imbalances(self) -> list[str]:
        able = [one for one in self._training.imbalance if one is not Imbalance.FOCAL or self._learner.can_focal]
        return [one.value for one in able] or [Imbalance.NONE.value]
