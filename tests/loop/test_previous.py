"""What the runs before are a measure of: the best ranking that any of their trials had."""

from datetime import date
from pathlib import Path

import pytest
from tests.loop.judging.world import house_in

from kingmaker.domain.run import Request, RunReason
from kingmaker.domain.trial import Denoising, Imbalance, Trial, TrialEnd, TrialSpec
from kingmaker.loop.previous import best_auc_before
from kingmaker.ports.house import House

DONE = RunReason.VERDICT_REACHED


@pytest.fixture
def house(tmp_path: Path) -> House:
    return house_in(tmp_path)


def run(house: House, *aucs: float | None, pipeline: str = "loans", reason: RunReason = DONE) -> int:
    """A run of so many trials, by their AUC on its selection window; its number."""
    known = len(house.ledger.runs(limit=1000))
    request = Request(
        key=f"{known}",
        pipeline=pipeline,
        declaration="",
        declaration_digest="d" * 64,
        declared_in="loans.yaml",
        as_of=date(2023, 1, 1),
        requested_by="ann",
    )
    opened, lease = house.ledger.open_run(request, house.holder)
    for number, auc in enumerate(aucs):
        house.ledger.record_trial(lease, trial(f"{known}-{number}", auc))
    house.ledger.finish_run(lease, reason)
    return opened.number


def trial(key: str, auc: float | None) -> Trial:
    spec = TrialSpec(
        number=1,
        learner="scorecard",
        recipe="woe",
        hyperparameters={},
        imbalance=Imbalance.NONE,
        denoising=Denoising.NONE,
        seed=7,
    )
    end = TrialEnd.RAISED if auc is None else TrialEnd.FITTED
    return Trial(key=key, spec=spec, end=end, seconds=0.1, auc_selection=auc)


def best(house: House, before: int = 1_000) -> float | None:
    return best_auc_before(house, "loans", before_run=before)


def test_the_first_run_has_none_before_it(house: House) -> None:
    assert best(house) is None
    first = run(house, 0.71)
    assert best(house, before=first) is None


def test_it_is_the_best_trial_of_the_newest_run_and_not_of_all(house: House) -> None:
    run(house, 0.80)
    newest = run(house, 0.69, None, 0.73, 0.72)
    assert best(house) == 0.73
    assert best(house, before=newest) == 0.80


@pytest.mark.parametrize("reason", [RunReason.STAGE_FAILED, RunReason.DATA_REFUSED])
def test_a_run_that_failed_is_no_measure(house: House, reason: RunReason) -> None:
    run(house, 0.71)
    run(house, 0.95, reason=reason)
    assert best(house) == 0.71


def test_a_run_none_of_whose_trials_was_fitted_is_passed_over(house: House) -> None:
    run(house, 0.71)
    run(house, None)
    run(house)
    assert best(house) == 0.71


def test_another_pipeline_says_nothing(house: House) -> None:
    run(house, 0.85, pipeline="cards")
    assert best(house) is None
