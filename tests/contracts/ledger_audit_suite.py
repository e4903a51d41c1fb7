"""What every ledger owes its auditors: whatever is edited afterwards is found and named."""

import pytest
import sqlalchemy as sa

from kingmaker.adapters.ledgers.chain import link_of
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import TamperFound
from kingmaker.domain.run import RunReason

from .ledger_examples import NOON, LedgerContract, request, verdict, version, with_versions

EDITS = {
    "champion_turn/loans/1": "UPDATE champion_turn SET why = 'luck' WHERE turn = 1",
    "champion_turn/loans/2": "UPDATE champion_turn SET since = '2026-02-01 12:00:00.000000' WHERE turn = 2",
    f"model_version/loans/{'a' * 64}": "UPDATE model_version SET archive = 'other' WHERE version LIKE 'aaa%'",
    "verdict/1": "UPDATE verdict SET evidence = 'other'",
    "run/1": "UPDATE run SET detail = 'All was well' WHERE number = 1",
    "audit entry 2": "UPDATE audit SET why = 'nothing to see' WHERE number = 2",
    "audit entry 3": "DELETE FROM audit WHERE number = 3",
    "audit entry 7": "DELETE FROM audit WHERE number >= 7",
    "audit entry 1": "DELETE FROM audit",
    "audit_head": "DELETE FROM audit_head",
    "champion_turn/loans/3": (
        'INSERT INTO champion_turn SELECT pipeline, 3, version, since, reason, "by", why FROM champion_turn WHERE turn = 1'
    ),
}

DELETIONS = {
    "champion_turn/loans/2": "DELETE FROM champion_turn WHERE turn = 2",
    "verdict/1": "DELETE FROM verdict",
}


class AuditContract(LedgerContract):
    def test_entries_are_listed_by_what_they_are_about(self, ledger: SqlLedger):
        for pipeline in ("loans", "loans_2", "cards"):
            _, lease = ledger.open_run(request(pipeline=pipeline), "one")
            ledger.add_version(lease, version(lease.run, pipeline=pipeline))
            ledger.record_verdict(lease, verdict(), evidence="e", candidate_version="a" * 64)
            ledger.finish_run(lease, RunReason.VERDICT_REACHED)
            ledger.freeze(pipeline, by="bo", why="wait")
        note(ledger, "about nothing")
        assert [entry.subject for entry in ledger.audit(pipelines={"loans"})] == [
            "champion_freeze/loans/1",
            "run/1",
            "verdict/1",
            f"model_version/loans/{'a' * 64}",
        ]
        assert len(ledger.audit(pipelines={"loans", "cards"})) == 8
        assert len(ledger.audit(pipelines={"loans", "cards"}, limit=3)) == 3
        assert ledger.audit(pipelines={"loans-2", "%", "_oans"}) == []

    def test_each_entry_covers_the_one_before(self, ledger: SqlLedger):
        first, second = (note(ledger, why) for why in ("one", "two"))
        assert (first.number, second.number, second.previous) == (1, 2, first.digest)
        assert (first.at, first.by, first.why) == (NOON, "ann", "one")
        assert link_of(second) == second.digest
        assert ledger.audit() == [second, first]
        assert ledger.audit(limit=1) == [second]
        assert ledger.verify_audit() == 2

    def test_an_empty_log_is_proven(self, ledger: SqlLedger):
        assert ledger.verify_audit() == 0

    def test_every_decision_leaves_an_entry(self, ledger: SqlLedger):
        decide_everything(ledger)
        assert [entry.action for entry in reversed(ledger.audit())] == [
            "version published",
            "version published",
            "champion promoted",
            "champion approved",
            "verdict recorded",
            "run finished",
            "challenger approved",
            "run failed",
        ]
        assert ledger.verify_audit() == 8

    @pytest.mark.parametrize("named", EDITS)
    def test_an_edited_row_is_found_and_named(self, ledger: SqlLedger, named: str):
        decide_everything(ledger)
        edit(ledger, EDITS[named])
        with pytest.raises(TamperFound) as found:
            ledger.verify_audit()
        assert found.value.where == named

    @pytest.mark.parametrize("named", DELETIONS)
    def test_a_deleted_row_is_found_and_named(self, ledger: SqlLedger, named: str):
        decide_everything(ledger)
        edit(ledger, DELETIONS[named])
        with pytest.raises(TamperFound, match="deleted") as found:
            ledger.verify_audit()
        assert found.value.where == named

    def test_a_lease_taken_and_given_back_breaks_no_seal(self, ledger: SqlLedger):
        decide_everything(ledger)
        ledger.release(ledger.open_run(request(), "one")[1])
        assert ledger.verify_audit() == 8


def decide_everything(ledger: SqlLedger) -> None:
    lease = with_versions(ledger, "a" * 64, "b" * 64)
    ledger.crown("loans", "a" * 64, expected_turn=0, reason=TurnReason.PROMOTED, by="ann", why="first")
    ledger.crown("loans", "b" * 64, expected_turn=1, reason=TurnReason.APPROVED, by="bo", why="better")
    ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version="b" * 64)
    ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    ledger.settle(1, approved=True, by="bo", why="better")
    ledger.finish_run(ledger.open_run(request(), "one")[1], RunReason.STAGE_FAILED, detail="No.")


def note(ledger: SqlLedger, why: str):
    return ledger.note(by="ann", action="key made", subject="signing", before="", after="k1", why=why)


def edit(ledger: SqlLedger, statement: str) -> None:
    with ledger.engine.begin() as connection:
        connection.execute(sa.text(statement))
