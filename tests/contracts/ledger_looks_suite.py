"""What every ledger owes the error budget: each look is written down once, numbered, and cannot be unwritten."""

from dataclasses import replace
from datetime import date

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import LeaseLost, NotFound, TamperFound
from kingmaker.domain.look import BudgetReset, Look
from kingmaker.domain.run import Lease, RunReason

from .ledger_audit_suite import edit
from .ledger_examples import NOON, Clock, LedgerContract, open_run, request

MARCH = date(2026, 3, 1)
ALPHA = 0.05 * 7 / 365

EDITS = {
    "look/loans/1": "UPDATE look SET alpha = 0.000001 WHERE number = 1",
    "look/loans/2": "UPDATE look SET confirms = 1 WHERE number = 2",
    "budget_reset/loans/1": "UPDATE budget_reset SET as_of = '2020-01-01'",
}
DELETIONS = {
    "look/loans/1": "DELETE FROM look WHERE number = 1",
    "look/loans/2": "DELETE FROM look WHERE number = 2",
    "budget_reset/loans/1": "DELETE FROM budget_reset",
}


class LooksContract(LedgerContract):
    def test_before_the_first_look_nothing_is_spent_or_written_off(self, ledger: SqlLedger):
        assert (ledger.looks("loans"), ledger.budget_resets("loans")) == ([], [])

    def test_a_look_is_kept_bit_for_bit_with_its_audit_entry(self, ledger: SqlLedger):
        opened = look(ledger, open_run(ledger))
        assert opened == Look(
            pipeline="loans",
            number=1,
            run=1,
            as_of=MARCH,
            artefact="t" * 64,
            champion="c" * 64,
            alpha=ALPHA,
            confirms=None,
            at=NOON,
        )
        assert ledger.looks("loans") == [opened]
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.subject, entry.by) == ("look opened", "look/loans/1", "ann")
        assert entry.why == "Run 1 as of 2026-03-01 tests tttttttttttt at the level 0.000959"

    def test_a_run_looks_once_and_is_answered_with_its_look_whatever_it_asks_for(self, ledger: SqlLedger, clock: Clock):
        first = look(ledger, open_run(ledger))
        clock.advance(minutes=2)
        resumed = ledger.resume_run(1, "two")[1]
        again = ledger.open_look(resumed, as_of=date(2026, 4, 1), artefact="u" * 64, champion="d" * 64, alpha=0.5)
        assert again == first
        assert ledger.looks("loans") == [first]
        assert len(ledger.audit()) == 1

    def test_looks_are_numbered_within_their_pipeline_oldest_first(self, ledger: SqlLedger):
        for pipeline in ("loans", "cards", "loans"):
            next_look(ledger, pipeline)
        assert [(one.number, one.run) for one in ledger.looks("loans")] == [(1, 1), (2, 3)]
        assert [(one.number, one.run) for one in ledger.looks("cards")] == [(1, 2)]

    def test_a_look_that_repeats_an_earlier_one_confirms_it_and_spends_nothing(self, ledger: SqlLedger):
        next_look(ledger)
        second = next_look(ledger, confirms=1)
        assert (second.number, second.confirms, second.spent) == (2, 1, 0.0)
        assert ledger.looks("loans")[1] == second
        assert ledger.audit()[1].why.endswith("at the level 0.000959, confirming look 1")

    @pytest.mark.parametrize(
        "other", [{"artefact": "u" * 64}, {"champion": "d" * 64}, {"alpha": 0.01}, {"confirms": 7}]
    )
    def test_a_look_that_tests_something_else_is_not_free(self, ledger: SqlLedger, other: dict[str, object]):
        next_look(ledger)
        with pytest.raises(ValueError, match=r"look 2 of loans does not repeat look \d, so it confirms nothing"):
            next_look(ledger, **({"confirms": 1} | other))
        assert len(ledger.looks("loans")) == 1

    def test_whoever_lost_the_lease_opens_no_look(self, ledger: SqlLedger, clock: Clock):
        stale = open_run(ledger, "one")
        clock.advance(minutes=2)
        ledger.resume_run(1, "two")
        with pytest.raises(LeaseLost, match="run 1"):
            look(ledger, stale)
        assert (ledger.looks("loans"), ledger.audit()) == ([], [])

    def test_a_run_that_is_over_opens_no_look(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        with pytest.raises(LeaseLost):
            look(ledger, lease)

    def test_a_reset_is_kept_with_who_and_why(self, ledger: SqlLedger):
        open_run(ledger)
        reset = ledger.reset_budget("loans", as_of=MARCH, by="bo", why="another product")
        assert reset == BudgetReset(pipeline="loans", as_of=MARCH, by="bo", why="another product", at=NOON)
        second = ledger.reset_budget("loans", as_of=MARCH, by="cy", why="once more")
        assert ledger.budget_resets("loans") == [reset, second]
        assert ledger.budget_resets("cards") == []
        newest, entry = ledger.audit()
        assert (entry.action, entry.subject, entry.by, entry.why) == (
            "budget reset",
            "budget_reset/loans/1",
            "bo",
            "another product",
        )
        assert newest.subject == "budget_reset/loans/2"

    def test_the_budget_of_a_pipeline_that_never_ran_cannot_be_reset(self, ledger: SqlLedger):
        with pytest.raises(NotFound, match="No pipeline cards ever ran"):
            ledger.reset_budget("cards", as_of=MARCH, by="bo", why="another product")
        assert ledger.audit() == []

    @pytest.mark.parametrize("named", EDITS)
    def test_an_edited_look_or_reset_is_found_and_named(self, ledger: SqlLedger, named: str):
        look_twice_and_reset(ledger)
        edit(ledger, EDITS[named])
        with pytest.raises(TamperFound, match="changed") as found:
            ledger.verify_audit()
        assert found.value.where == named

    @pytest.mark.parametrize("named", DELETIONS)
    def test_a_deleted_look_or_reset_is_found_and_named(self, ledger: SqlLedger, named: str):
        look_twice_and_reset(ledger)
        edit(ledger, DELETIONS[named])
        with pytest.raises(TamperFound, match="deleted") as found:
            ledger.verify_audit()
        assert found.value.where == named

    def test_a_deleted_look_is_found_also_when_a_later_one_has_taken_its_number(self, ledger: SqlLedger):
        look_twice_and_reset(ledger)
        edit(ledger, DELETIONS["look/loans/2"])
        assert next_look(ledger).number == 2
        with pytest.raises(TamperFound, match="deleted, and written anew") as found:
            ledger.verify_audit()
        assert found.value.where == "look/loans/2"


def look(ledger: SqlLedger, lease: Lease, **said: object) -> Look:
    terms: dict[str, object] = {"as_of": MARCH, "artefact": "t" * 64, "champion": "c" * 64, "alpha": ALPHA}
    return ledger.open_look(lease, **(terms | said))


def next_look(ledger: SqlLedger, pipeline: str = "loans", **said: object) -> Look:
    """The look of another run, which ends with it."""
    number = len(ledger.runs(limit=100))
    lease = ledger.open_run(replace(request(pipeline=pipeline), key=f"run {number}"), "one")[1]
    opened = look(ledger, lease, **said)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return opened


def look_twice_and_reset(ledger: SqlLedger) -> None:
    next_look(ledger)
    next_look(ledger)
    ledger.reset_budget("loans", as_of=MARCH, by="bo", why="another product")
    assert ledger.verify_audit() == 5
