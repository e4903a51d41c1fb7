"""What every ledger owes files of outcomes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import TamperFound

from .ledger_audit_suite import edit
from .ledger_examples import NOON, Clock, LedgerContract

FIRST, SECOND = "a" * 64, "b" * 64


def hand_in(ledger: SqlLedger, file: str = FIRST, *, pipeline: str = "loans", by: str = "ann", rows: int = 3):
    return ledger.add_outcomes(pipeline, file=file, form="csv", rows=rows, by=by)


class OutcomesContract(LedgerContract):
    def test_at_first_there_are_none(self, ledger: SqlLedger):
        assert ledger.outcomes("loans") == []

    def test_files_are_numbered_within_their_pipeline_and_told_newest_first(self, ledger: SqlLedger, clock: Clock):
        first = hand_in(ledger)
        later = clock.advance(hours=1)
        second = hand_in(ledger, SECOND)
        other = hand_in(ledger, SECOND, pipeline="cars")
        assert (first.number, first.at, first.by, first.form, first.rows) == (1, NOON, "ann", "csv", 3)
        assert (second.number, second.at, other.number) == (2, later, 1)
        assert ledger.outcomes("loans") == [second, first]
        assert ledger.outcomes("loans", limit=1) == [second]
        assert ledger.outcomes("cars") == [other]

    def test_each_is_in_the_audit_log_with_who_and_how_many_rows(self, ledger: SqlLedger):
        hand_in(ledger)
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.by, entry.subject) == ("outcomes handed in", "ann", "outcome_file/loans/1")
        assert entry.after.startswith(f"3 rows in {FIRST} sha256:")
        assert ledger.verify_audit() == 1

    def test_the_same_file_again_is_the_first_one_and_no_entry(self, ledger: SqlLedger, clock: Clock):
        first = hand_in(ledger)
        clock.advance(days=1)
        assert hand_in(ledger, by="bob") == first
        assert ledger.verify_audit() == 1

    def test_the_same_file_handed_in_at_once_is_one(self, ledger: SqlLedger):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(lambda number: hand_in(ledger, by=f"number {number}"), range(8)))
        assert len(found) == 1
        assert len(ledger.outcomes("loans")) == 1

    def test_a_row_that_was_edited_is_found(self, ledger: SqlLedger):
        hand_in(ledger)
        edit(ledger, "UPDATE outcome_file SET rows = 4")
        with pytest.raises(TamperFound, match="changed"):
            ledger.verify_audit()

    def test_a_row_that_was_deleted_is_found(self, ledger: SqlLedger):
        hand_in(ledger)
        edit(ledger, "DELETE FROM outcome_file")
        with pytest.raises(TamperFound, match="deleted"):
            ledger.verify_audit()
