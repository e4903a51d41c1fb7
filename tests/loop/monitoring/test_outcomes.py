"""What became of approved loans: against what was predicted, and against the training loans at the same age."""

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.loop.announcing.lender import PIPELINE

from kingmaker.domain.alarm import AlarmKind, MonitorPolicy
from kingmaker.domain.monitoring import AgeReading, Monitoring, OutcomeReading
from kingmaker.loop.monitor import Monitor
from kingmaker.loop.monitoring.crossings import Standing, crossings_of
from kingmaker.loop.monitoring.outcomes import HandedIn, newest_of_each
from kingmaker.pipeline.declaration import Outcome
from kingmaker.pipeline.parts import Span

from .world import NOON, Applicants, World

HALF_A_YEAR = Outcome(observed_at="went_bad_on", horizon=Span(count=6, unit="month"))
APPLIED = datetime(2026, 1, 15, 12, tzinfo=NOON.tzinfo)
LABEL = Outcome(label="status", bad="bad", indeterminate=("unclear",))


def handed_in(outcomes: dict[str, date | str | None], *, told: date, outcome: Outcome = HALF_A_YEAR) -> HandedIn:
    kind = pl.Date if outcome.label is None else pl.String
    frame = pl.DataFrame(
        {
            "id": list(outcomes),
            "outcome": pl.Series(list(outcomes.values()), dtype=kind),
            "told": [told] * len(outcomes),
        }
    )
    return HandedIn(outcomes=newest_of_each([frame]), outcome=outcome, as_of=told)


def ids(count: int) -> list[str | None]:
    return [f"L{number}" for number in range(count)]


def went_bad(count: int, share: float, on: date, seed: int = 5) -> dict[str, date | str | None]:
    bad = np.random.default_rng(seed).random(count) < share
    return {id_: on if is_bad else None for id_, is_bad in zip(ids(count), bad, strict=True)}


def read(world: World, told: HandedIn, files: int = 1) -> Monitoring:
    return Monitor(world.house, PIPELINE).read(files, lambda: told)


def test_approved_loans_are_joined_by_id_and_told_by_grade_beside_what_was_predicted(world: World):
    world.log(Applicants(), at=APPLIED, rows=2000, ids=ids(2000))
    told = read(world, handed_in(went_bad(2000, 0.1, date(2026, 4, 1)), told=date(2026, 8, 30)))
    read_of = told.outcomes[0]
    assert (read_of.version, told.outcome_files) == (world.versions[0], 1)
    assert abs(read_of.loans - 1400) < 80, "declined applicants got no loan"
    assert [(band.grade, band.expected) for band in read_of.bands] == [
        ("A", pytest.approx(0.02)),
        ("B", pytest.approx(0.2)),
    ]
    assert all(band.matured == band.loans for band in read_of.bands)
    assert [band.bads / band.loans for band in read_of.bands] == [pytest.approx(0.1, abs=0.03)] * 2
    kinds = {one.what for one in Monitor(world.house, PIPELINE).crossings(told) if one.kind is AlarmKind.CALIBRATION}
    assert kinds == {"A", "B"}


def test_a_loan_whose_horizon_was_open_when_it_was_told_of_is_not_matured(world: World):
    world.log(Applicants(), at=APPLIED, rows=500, ids=ids(500))
    told = read(world, handed_in(went_bad(500, 0.1, date(2026, 3, 1)), told=date(2026, 4, 20)))
    assert all(band.matured == 0 and band.matured_expected is None for band in told.outcomes[0].bands)
    assert [age.months for age in told.outcomes[0].ages] == [1, 2], "and it is known to be three months old later"


def test_outcomes_after_the_horizon_are_those_of_good_loans(world: World):
    world.log(Applicants(), at=APPLIED, rows=300, ids=ids(300))
    told = read(world, handed_in(went_bad(300, 0.5, date(2026, 7, 16)), told=date(2026, 9, 1)))
    assert [band.bads for band in told.outcomes[0].bands] == [0, 0]


def test_files_are_read_again_only_when_there_are_more(world: World):
    world.log(Applicants(approved=1.0), at=APPLIED, rows=300, ids=ids(300))
    first = read(world, handed_in({"L1": date(2026, 2, 1)}, told=date(2026, 3, 1)))
    same = Monitor(world.house, PIPELINE).read(1, lambda: pytest.fail("it was read before"))
    assert same.outcomes == first.outcomes
    later = read(world, handed_in(went_bad(300, 0.1, date(2026, 2, 20)), told=date(2026, 3, 1)), files=2)
    assert later.outcomes[0].loans > first.outcomes[0].loans
    assert later.outcome_files == 2


def test_of_an_application_that_was_answered_again_the_last_answer_counts_and_no_shadow(world: World):
    world.log(Applicants(approved=1.0), at=APPLIED, rows=50, ids=ids(50))
    again = APPLIED + timedelta(days=1)
    world.log(Applicants(2, approved=1.0), at=again, rows=50, ids=ids(50), version=world.versions[1], role="canary")
    world.log(Applicants(3, approved=1.0), at=again, rows=50, ids=ids(50), version=world.versions[2], role="shadow")
    told = read(world, handed_in(went_bad(50, 0.1, date(2026, 2, 20)), told=date(2026, 3, 1)))
    assert [(one.version, one.loans) for one in told.outcomes] == [(world.versions[1], 50)]


def test_labels_are_final_and_have_no_age(world: World):
    world.log(Applicants(approved=1.0), at=APPLIED, rows=40, ids=ids(40))
    labels = {"L0": "bad", "L1": "good", "L2": "unclear", "elsewhere": "bad"}
    told = read(world, handed_in(labels, told=date(2026, 3, 1), outcome=LABEL))
    assert told.outcomes[0].loans == 2
    assert sum(band.matured_bads for band in told.outcomes[0].bands) == 1
    assert told.outcomes[0].ages == ()


@pytest.mark.parametrize(("bads", "crosses"), [(60, True), (32, False), (15, False)])
def test_more_bad_loans_than_training_had_at_that_age_are_early_delinquency(bads: int, crosses: bool):
    ages = (AgeReading(months=3, loans=1000, bads=bads, expected=0.03 if bads > 20 else 0.001),)
    outcome = OutcomeReading(version="v", as_of=NOON.date(), loans=1000, bands=(), ages=ages)
    monitoring = Monitoring(pipeline="p", since=NOON.date(), until=NOON.date(), outcomes=(outcome,))
    standing = Standing(champion="v", announced_at=None, reports=(), now=NOON)
    found = [one.kind for one in crossings_of(monitoring, standing, MonitorPolicy())]
    assert found == ([AlarmKind.EARLY_DELINQUENCY] if crosses else [])
