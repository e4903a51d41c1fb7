"""Training: the same trials whatever the workers and the kills, each recorded once, and no failure ends the run."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.domain.errors import LeaseLost
from kingmaker.domain.trial import Denoising, Imbalance, Trial, TrialEnd
from kingmaker.learners.registry import learner
from kingmaker.loop.train import NothingFitted
from kingmaker.loop.training.fit_order import FitOrder, order_from_bytes
from kingmaker.ports.engine import Engine, Handle, OutcomeKind, Task
from kingmaker.ports.progress import Silence

from .training_world import World, now

ODD = "tests.loop.odd_learners"
LIGHT = ("numpy", "sklearn.linear_model", "lightgbm", "kingmaker.loop.training.fit_trial")


class CountingEngine:
    """An engine that remembers what it was asked to fit; its processes are shared, because they take long to start."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.orders: list[FitOrder] = []
        self.warm = engine.warm
        self.completed = engine.completed
        self.kill = engine.kill
        self.health = engine.health
        self.close = engine.close

    def submit(
        self, task: Task, spec: bytes, *, files: Sequence[Path], deadline_seconds: float, memory_bytes: int = 0
    ) -> Handle:
        self.orders.append(order_from_bytes(spec))
        return self._engine.submit(
            task, spec, files=files, deadline_seconds=deadline_seconds, memory_bytes=memory_bytes
        )

    def numbers(self) -> list[int]:
        return [order.trial.number for order in self.orders]


class Notes(Silence):
    def __init__(self) -> None:
        self.all: list[tuple[int, int, str]] = []

    def advance(self, done: int, total: int, note: str = "") -> None:
        self.all.append((done, total, note))


@pytest.fixture(scope="module")
def workers() -> Iterator[dict[int, LocalEngine]]:
    """Engines by their number of slots."""
    engines = {slots: LocalEngine(slots, preload=LIGHT) for slots in (1, 2)}
    yield engines
    for engine in engines.values():
        engine.close()


@pytest.fixture
def engine(workers: dict[int, LocalEngine]) -> CountingEngine:
    return CountingEngine(workers[2])


def apart_from_time(trials: Sequence[Trial]) -> list[tuple[object, ...]]:
    return [
        (one.key, one.spec, one.end, one.auc_train, one.auc_holdout, one.utility, one.model, one.curve)
        for one in trials
    ]


@pytest.mark.slow
def test_one_worker_and_two_find_the_same_trials_and_the_same_models(
    tmp_path: Path, workers: dict[int, LocalEngine]
) -> None:
    one, two = (
        World.make(tmp_path / f"{slots}", imbalance=["none", "weight", "smote"]).train(workers[slots])
        for slots in (1, 2)
    )
    assert apart_from_time(one) == apart_from_time(two)


def test_the_first_trial_of_each_learner_has_its_default_hyperparameters(
    tmp_path: Path, engine: CountingEngine
) -> None:
    trials = World.make(tmp_path, trials=5).train(engine)
    assert [trial.spec.number for trial in trials] == [1, 2, 3, 4, 5]
    for first, name in zip(trials, ["scorecard", "lightgbm"], strict=False):
        assert (first.spec.learner, first.spec.hyperparameters) == (name, learner(name).default())
        assert (first.spec.imbalance, first.spec.denoising) == (Imbalance.NONE, Denoising.NONE)
        assert first.spec.recipe == learner(name).recipe


def test_a_fitted_trial_is_recorded_with_its_measures_and_its_model(tmp_path: Path, engine: CountingEngine) -> None:
    world, before = World.make(tmp_path, trials=4), now()
    trials = world.train(engine)
    assert world.ledger.trials(1) == list(trials)
    for trial in trials:
        assert trial.end is TrialEnd.FITTED
        assert trial.started_at is not None
        assert before < trial.started_at < trial.started_at + timedelta(seconds=trial.seconds) < now()
        assert trial.model
        assert learner(trial.spec.learner).from_bytes(world.vault.read(trial.model)).rounds == trial.rounds
        assert 0.6 < (trial.auc_holdout or 0) < 0.9
        assert 0.6 < (trial.auc_selection or 0) < 0.9
        assert -0.5 < (trial.utility or 0) < -0.05


def test_weighting_the_bads_is_undone_in_the_margin(tmp_path: Path, engine: CountingEngine) -> None:
    world = World.make(tmp_path, trials=1, learners=["scorecard"], imbalance=["weight"])
    (trial,) = world.train(engine)
    goods, bads = world.prepared.fitting_rows - world.prepared.fitting_bads, world.prepared.fitting_bads
    assert -1.5 < trial.margin_shift < -0.5
    assert 2.718281828459045**-trial.margin_shift == pytest.approx(goods / bads)


def test_what_is_recorded_is_never_fitted_again(tmp_path: Path, engine: CountingEngine) -> None:
    world = World.make(tmp_path)
    first = world.train(engine)
    assert engine.numbers() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert world.train(engine) == first
    assert world.train(engine, key="another run") == first
    assert len(engine.orders) == 8
    assert world.ledger.trials(2) == list(first)


def test_a_model_that_the_vault_no_longer_has_is_fitted_again(tmp_path: Path, engine: CountingEngine) -> None:
    world = World.make(tmp_path, trials=4)
    first = world.train(engine)
    (gone,) = tmp_path.glob(f"vault/**/*{str(first[1].model)[-60:]}*")
    gone.unlink()
    assert apart_from_time(world.train(engine, key="another run")) == apart_from_time(first)
    assert engine.numbers() == [1, 2, 3, 4, 2]


A_TRAINING_THAT_IS_KILLED = """
import sys
from pathlib import Path
from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.ports.progress import Silence
from tests.loop.test_train import LIGHT
from tests.loop.training_world import World

class Aloud(Silence):
    def advance(self, done, total, note=""):
        print(done, flush=True)
        if done >= 3:
            sys.stdin.read()

world = World.make(Path(sys.argv[1]), trials=12)
world.train(LocalEngine(2, preload=LIGHT), progress=Aloud())
"""


@pytest.mark.slow
def test_a_killed_training_goes_on_with_what_it_had_and_ends_the_same(
    tmp_path: Path, engine: CountingEngine, workers: dict[int, LocalEngine]
) -> None:
    command = [sys.executable, "-c", A_TRAINING_THAT_IS_KILLED, str(tmp_path / "killed")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as training:
        assert training.stdout
        while training.stdout.readline().strip() != "3":
            assert training.poll() is None
        os.kill(training.pid, signal.SIGKILL)
    world = World.make(tmp_path / "killed", trials=12)
    recorded = {trial.spec.number for trial in world.ledger.trials(1)}
    assert len(recorded) == 3
    resumed = world.train(engine)
    assert recorded.isdisjoint(engine.numbers())
    assert sorted([*recorded, *engine.numbers()]) == list(range(1, 13))
    undisturbed = World.make(tmp_path / "undisturbed", trials=12).train(workers[1])
    assert apart_from_time(resumed) == apart_from_time(undisturbed)


@pytest.mark.parametrize(
    ("name", "limits", "end", "words"),
    [
        ("Raising", {}, TrialEnd.RAISED, "the matrix is singular"),
        ("Stuck", {"trial_minutes": 0.02}, TrialEnd.OUT_OF_TIME, "longer than 1.2 seconds"),
        ("Hungry", {"trial_memory_gb": 1.0}, TrialEnd.OUT_OF_MEMORY, "1,074 MB of memory"),
        ("Dying", {}, TrialEnd.LOST, "SIGKILL"),
    ],
)
def test_a_learner_that_goes_wrong_is_a_fault_and_the_run_goes_on(
    tmp_path: Path, engine: CountingEngine, name: str, limits: dict[str, float], end: TrialEnd, words: str
) -> None:
    world = World.make(tmp_path, learners=[f"{ODD}:{name}", "scorecard"], trials=6, **limits)
    trials = world.train(engine)
    wrong = [trial for trial in trials if trial.spec.learner == f"{ODD}:{name}"]
    assert {trial.end for trial in wrong} == {end}
    assert {trial.end for trial in trials if trial not in wrong} == {TrialEnd.FITTED}
    assert world.ledger.trials(1) == list(trials)
    attempts = 2 if end is TrialEnd.LOST else 1
    faults = world.ledger.faults(1)
    assert sorted((fault.trial, fault.attempt) for fault in faults) == [
        (trial.spec.number, attempt) for trial in wrong for attempt in range(1, attempts + 1)
    ]
    assert all(words in fault.message and fault.stage == "train" for fault in faults)
    if end is TrialEnd.RAISED:
        assert all("ArithmeticError" in fault.traceback for fault in faults)


def test_a_learner_that_only_fails_is_soon_asked_no_more(tmp_path: Path, engine: CountingEngine) -> None:
    trials = World.make(tmp_path, learners=[f"{ODD}:Raising", "scorecard"], trials=12).train(engine)
    assert [trial.spec.learner for trial in trials].count("scorecard") == 10


def test_a_failure_belongs_to_its_run_and_the_next_run_tries_again(tmp_path: Path, engine: CountingEngine) -> None:
    world = World.make(tmp_path, learners=[f"{ODD}:Raising", "scorecard"], trials=4)
    world.train(engine)
    world.train(engine)
    failed = [trial.spec.number for trial in world.ledger.trials(1) if trial.end.is_fault()]
    world.train(engine, key="another run")
    assert engine.numbers() == [1, 2, 3, 4, *failed]
    assert len(world.ledger.trials(2)) == 4


def test_when_every_trial_fails_the_error_says_how(tmp_path: Path, engine: CountingEngine) -> None:
    world = World.make(tmp_path, learners=[f"{ODD}:Raising"])
    with pytest.raises(NothingFitted, match=r"none of 4 trials could be fitted .*Raising #1 raised"):
        world.train(engine)


def test_hopeless_trials_are_pruned_by_earlier_generations_alone(tmp_path: Path, engine: CountingEngine) -> None:
    trials = World.make(tmp_path, learners=[f"{ODD}:Climbing"], trials=12).train(engine)
    assert all(order.prune_below == () for order in engine.orders[:4])
    by_number = {order.trial.number: order for order in engine.orders}
    assert any(trial.end is TrialEnd.PRUNED for trial in trials[4:])
    for trial in trials[4:]:
        limit = dict(by_number[trial.spec.number].prune_below)[25]
        assert (trial.end is TrialEnd.PRUNED) == (dict(trial.curve)[25] < limit)
        assert (trial.model is None) == (trial.end is TrialEnd.PRUNED)


def test_no_generation_begins_after_the_declared_minutes_and_a_fault_says_so(
    tmp_path: Path, engine: CountingEngine
) -> None:
    started = now()
    seen: list[datetime] = []

    def hurried() -> datetime:
        seen.append(started + timedelta(seconds=40 * len(seen)))
        return seen[-1]

    world = World.make(tmp_path, trials=40, minutes=1.0)
    trials = world.train(engine, clock=hurried)
    assert 0 < len(trials) < 40
    (fault,) = world.ledger.faults(1)
    assert fault.kind == "out_of_minutes"
    assert f"after {len(trials)} of 40 trials" in fault.message


def test_progress_counts_trials_and_names_the_best(tmp_path: Path, engine: CountingEngine) -> None:
    notes = Notes()
    trials = World.make(tmp_path, trials=4).train(engine, progress=notes)
    best = max(trials, key=lambda trial: trial.utility or -1)
    assert notes.all[0] == (0, 4, "nothing fitted yet")
    assert [done for done, _, _ in notes.all] == [0, 1, 2, 3, 4]
    assert notes.all[-1][2] == (
        f"best so far: {best.spec.learner} #{best.spec.number}, false kill {-(best.utility or 0):.1%}"
    )


def test_a_training_whose_lease_was_taken_stops_and_records_nothing_more(
    tmp_path: Path, engine: CountingEngine
) -> None:
    world = World.make(tmp_path)

    class Thief(Silence):
        def advance(self, done: int, total: int, note: str = "") -> None:
            del total, note
            if done == 2:
                world.ledger.release(world.lease)
                world.ledger.resume_run(1, this_process_as_holder())

    with pytest.raises(LeaseLost):
        world.train(engine, progress=Thief())
    assert len(world.ledger.trials(1)) == 2
    killed = [outcome.kind for outcome in engine.completed(30.0)]
    assert set(killed) <= {OutcomeKind.KILLED, OutcomeKind.OK}


def test_the_search_space_is_declared_in_json_alone(tmp_path: Path, engine: CountingEngine) -> None:
    World.make(tmp_path, trials=4).train(engine)
    for order in engine.orders:
        assert order_from_bytes(order.to_bytes()) == order
        assert json.loads(order.to_bytes())["trial"]["number"] == order.trial.number
