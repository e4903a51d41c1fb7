"""Looks: a challenger that is better passes two of them, a week apart, and nobody looks in between."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Lease, RunReason
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.budget import budget_of
from kingmaker.loop.looking import Doorkeeper
from kingmaker.loop.publish import publish
from kingmaker.loop.select import select
from kingmaker.loop.selection import Selection
from kingmaker.pipeline.declaration import Pipeline

from .world import World, loans, pipeline_of

pytestmark = pytest.mark.slow
FIRST = date(2023, 1, 1)
"""The as-of date of every run's request; the looks below are later."""
COARSE = {"min_distinct_scores": 2}
"""The first champion has few answers."""
WIDE = {"max_score_psi": 10.0, "max_decision_flips": 1.0}
PIPELINE = pipeline_of(gates=COARSE, envelope=WIDE, looks_per_year=52, cool_down="90 days")


@dataclass(frozen=True)
class Lender:
    """A home whose champion sees one column, and a trial that sees them all."""

    world: World
    pipeline: Pipeline = PIPELINE

    def doorkeeper(self, lease: Lease, today: date) -> Doorkeeper:
        return Doorkeeper(
            house=self.world.house, policy=self.pipeline.policy, pipeline="loans", lease=lease, today=today
        )

    def run(self, today: date, *, finish: bool = True) -> tuple[Selection, Lease]:
        """What the loop does as of a day: the second look at whom waits for it, or else its own search."""
        run, lease = self.world.open_run(f"as of {today}", as_of=today)
        confirms = self.doorkeeper(lease, today).challenger_to_confirm() is not None
        snapshot = replace(self.world.snapshot, as_of=today)
        found = self.select(lease, snapshot, confirms=confirms)
        if finish:
            publish(self.world.turn(run, lease, self.pipeline), snapshot, found)
            self.world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        return found, lease

    def select(self, lease: Lease, snapshot: Snapshot, *, confirms: bool = False) -> Selection:
        task = self.world.task(pipeline=self.pipeline, trials=() if confirms else self.world.trials[1:])
        prepared = None if confirms else task.prepared
        return select(replace(task, lease=lease, snapshot=snapshot, prepared=prepared))

    def looks(self) -> list[tuple[date, bool]]:
        return [(look.as_of, look.confirms is not None) for look in self.world.house.ledger.looks("loans")]


@pytest.fixture
def lender(tmp_path: Path) -> Lender:
    world = World.make(tmp_path, loans(6000), learners=())
    weak = world.fitted("scorecard", 1, min_information_value=0.5)
    world = replace(world, trials=(weak,))
    run, lease = world.open_run("first")
    publish(world.turn(run, lease), world.snapshot, select(replace(world.task(pipeline=PIPELINE), lease=lease)))
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return Lender(replace(world, trials=(weak, world.fitted("scorecard", 2))))


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


def test_a_better_challenger_passes_two_looks_and_then_the_champion_cools_down(lender: Lender) -> None:
    first, _ = lender.run(after(40))
    assert first.verdict.reason is VerdictReason.AWAITING_SECOND_LOOK, first.verdict.sentence
    assert first.verdict.decision is Decision.HOLD
    assert "luck would do this less than once" in first.verdict.sentence

    between, _ = lender.run(after(43))
    assert between.verdict.reason is VerdictReason.NO_LOOK_DUE
    assert f"due on {after(47).isoformat()}" in between.verdict.sentence
    assert (between.evidence, between.finalist) == (None, None)

    second, _ = lender.run(after(47))
    assert second.verdict.reason is VerdictReason.PROVEN_BETTER, second.verdict.sentence
    assert second.finalist == first.finalist
    assert lender.looks() == [(after(40), False), (after(47), True)]
    champion = lender.world.house.ledger.champion("loans")
    assert champion is not None
    assert champion.turn == 2

    cooling, _ = lender.run(after(100))
    assert cooling.verdict.reason in {VerdictReason.NO_LOOK_DUE, VerdictReason.IDENTICAL}
    budget = budget_of(lender.world.house, lender.pipeline.policy, "loans", today=after(100))
    assert budget.cooling_down_until == after(47 + 90)
    assert (budget.looks, budget.waiting) == (1, None)


def test_a_look_is_as_strict_as_the_time_since_the_last_one_allows(lender: Lender) -> None:
    found, _ = lender.run(after(40))
    (auc,) = [gate for gate in found.verdict.gates if gate.code == "G6.auc"]
    assert auc.limit == pytest.approx(0.05 * 40 / 365)
    assert lender.world.house.ledger.looks("loans")[0].alpha == pytest.approx(0.05 * 40 / 365)


def test_a_run_that_was_killed_after_its_look_has_looked_once_and_sees_the_same(lender: Lender) -> None:
    before, lease = lender.run(after(40), finish=False)
    again = lender.select(lease, replace(lender.world.snapshot, as_of=after(40)))
    assert again == before
    assert lender.looks() == [(after(40), False)]


def test_before_a_look_is_due_the_test_window_stays_closed(lender: Lender) -> None:
    early, _ = lender.run(after(3))
    assert early.verdict.reason is VerdictReason.NO_LOOK_DUE
    assert lender.looks() == []


def test_where_one_look_is_enough_the_first_promotes(lender: Lender) -> None:
    hasty = replace(lender, pipeline=pipeline_of(gates=COARSE, envelope=WIDE, looks_to_pass=1))
    found, _ = hasty.run(after(40))
    assert found.verdict.reason is VerdictReason.PROVEN_BETTER


def test_a_champion_put_in_force_by_a_person_meanwhile_ends_the_wait(lender: Lender) -> None:
    first, _ = lender.run(after(40))
    house = lender.world.house
    recorded = house.ledger.verdict(2)
    assert first.verdict.reason is VerdictReason.AWAITING_SECOND_LOOK
    assert recorded is not None
    assert recorded.candidate_version is not None
    house.ledger.settle(2, approved=True, by="ann", why="she is sure")
    _, lease = lender.world.open_run("later", as_of=after(47))
    assert lender.doorkeeper(lease, after(47)).challenger_to_confirm() is None


def test_what_is_outside_the_change_envelope_waits_for_a_person(lender: Lender) -> None:
    other = replace(lender.world, trials=(lender.world.trials[0], lender.world.fitted("lightgbm", 3)))
    narrow = Lender(other, pipeline_of(gates=COARSE, envelope={"families": "same"}, looks_to_pass=1))
    found, _ = narrow.run(after(40), finish=False)
    assert found.verdict.reason is VerdictReason.OUTSIDE_ENVELOPE
    assert "unattended" in found.verdict.sentence
    assert found.verdict.decision is Decision.HOLD


def test_a_challenger_that_the_vault_has_lost_ends_with_what_to_do(lender: Lender) -> None:
    lender.run(after(40))
    recorded = lender.world.house.ledger.verdict(2)
    assert recorded is not None
    lender.world.vault.fetch(recorded.evidence).unlink()
    with pytest.raises(NotFound, match="kingmaker reject 2"):
        lender.run(after(47))


@pytest.mark.parametrize(
    ("promote", "reason"), [("never", VerdictReason.NEVER_REPLACED), ("always", VerdictReason.REPLACED)]
)
def test_policies_to_compare_with_spend_nothing(lender: Lender, promote: str, reason: VerdictReason) -> None:
    found, _ = replace(lender, pipeline=pipeline_of(gates=COARSE, promote=promote)).run(after(40))
    assert found.verdict.reason is reason
    assert lender.looks() == []
