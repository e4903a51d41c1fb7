"""What every ledger owes a frozen champion."""

from pathlib import Path

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.errors import ChampionFrozen, ChampionMoved, NotFound, TamperFound

from .ledger_audit_suite import edit
from .ledger_examples import NOON, Clock, LedgerContract, with_versions
from .ledger_races_suite import open_now, race

FIRST, SECOND = "a" * 64, "b" * 64


class FreezesContract(LedgerContract):
    def test_at_first_nobody_is_frozen(self, ledger: SqlLedger):
        reign(ledger)
        assert ledger.frozen("loans") is None
        assert ledger.freezes("loans") == []

    @pytest.mark.parametrize("reason", [TurnReason.PROMOTED, TurnReason.APPROVED])
    def test_a_frozen_champion_stays_whoever_wins(self, ledger: SqlLedger, reason: TurnReason):
        reign(ledger)
        ledger.freeze("loans", by="bo", why="the bureau changed its score")
        with pytest.raises(
            ChampionFrozen, match="bo froze the champion of pipeline loans: the bureau changed"
        ) as found:
            crown(ledger, SECOND, 1, reason)
        assert "unfreeze" in found.value.remedy
        assert len(ledger.history("loans")) == 1

    def test_a_frozen_champion_may_be_rolled_back(self, ledger: SqlLedger):
        reign(ledger)
        crown(ledger, SECOND, 1)
        ledger.freeze("loans", by="bo", why="look into it")
        assert crown(ledger, FIRST, 2, TurnReason.ROLLED_BACK).turn == 3
        assert ledger.frozen("loans") is not None

    def test_whoever_saw_another_champion_is_told_that_first(self, ledger: SqlLedger):
        reign(ledger)
        ledger.freeze("loans", by="bo", why="wait")
        with pytest.raises(ChampionMoved):
            crown(ledger, SECOND, 7)

    def test_what_was_crowned_before_the_freeze_is_answered_again(self, ledger: SqlLedger):
        turn = reign(ledger)
        ledger.freeze("loans", by="bo", why="wait")
        assert crown(ledger, FIRST, 0) == turn

    def test_no_champion_is_made_in_a_frozen_pipeline(self, ledger: SqlLedger):
        with_versions(ledger, FIRST)
        ledger.freeze("loans", by="bo", why="not before the committee has met")
        with pytest.raises(ChampionFrozen):
            crown(ledger, FIRST, 0)

    def test_once_lifted_the_champion_moves_again(self, ledger: SqlLedger, clock: Clock):
        reign(ledger)
        first = ledger.freeze("loans", by="bo", why="wait")
        later = clock.advance(days=1)
        lifted = ledger.lift_freeze("loans", by="cy", why="all is well")
        assert (first.number, first.by, first.why, first.since, first.lifted_at) == (1, "bo", "wait", NOON, None)
        assert (lifted.number, lifted.lifted_by, lifted.lifted_why, lifted.lifted_at) == (1, "cy", "all is well", later)
        assert ledger.frozen("loans") is None
        assert crown(ledger, SECOND, 1).turn == 2
        second = ledger.freeze("loans", by="bo", why="again")
        assert second.number == 2
        assert ledger.freezes("loans") == [lifted, second]
        assert ledger.frozen("loans") == second

    def test_freezing_again_is_answered_with_the_freeze_in_force(self, ledger: SqlLedger):
        reign(ledger)
        first = ledger.freeze("loans", by="bo", why="wait")
        assert ledger.freeze("loans", by="cy", why="me too") == first
        assert len(ledger.freezes("loans")) == 1

    def test_nothing_is_lifted_where_nothing_is_frozen(self, ledger: SqlLedger):
        reign(ledger)
        with pytest.raises(NotFound, match="is not frozen"):
            ledger.lift_freeze("loans", by="bo", why="why not")

    def test_a_pipeline_that_nobody_knows_cannot_be_frozen(self, ledger: SqlLedger):
        reign(ledger)
        with pytest.raises(NotFound, match="There is no pipeline cards"):
            ledger.freeze("cards", by="bo", why="wait")
        assert ledger.frozen("cards") is None

    def test_freeze_and_lift_are_in_the_audit_log(self, ledger: SqlLedger):
        reign(ledger)
        before = ledger.verify_audit()
        ledger.freeze("loans", by="bo", why="wait")
        ledger.lift_freeze("loans", by="cy", why="all is well")
        lifted, frozen = ledger.audit(limit=2)
        assert (frozen.action, frozen.by, frozen.why) == ("champion frozen", "bo", "wait")
        assert (lifted.action, lifted.by, lifted.why) == ("champion freeze lifted", "cy", "all is well")
        assert frozen.subject == lifted.subject == "champion_freeze/loans/1"
        assert ledger.verify_audit() == before + 2

    @pytest.mark.parametrize("statement", ["DELETE FROM champion_freeze", "UPDATE champion_freeze SET why = 'x'"])
    def test_an_edited_or_deleted_freeze_is_found(self, ledger: SqlLedger, statement: str):
        reign(ledger)
        ledger.freeze("loans", by="bo", why="wait")
        edit(ledger, statement)
        with pytest.raises(TamperFound) as found:
            ledger.verify_audit()
        assert found.value.where == "champion_freeze/loans/1"

    def test_a_freeze_that_was_deleted_and_written_anew_is_found(self, ledger: SqlLedger):
        reign(ledger)
        ledger.freeze("loans", by="bo", why="wait")
        edit(ledger, "DELETE FROM champion_freeze")
        ledger.freeze("loans", by="bo", why="wait")
        with pytest.raises(TamperFound, match="written anew"):
            ledger.verify_audit()

    def test_of_a_freeze_and_promotions_at_once_none_is_crowned_after_the_freeze(self, tmp_path: Path):
        versions = [str(number) * 64 for number in range(6)]
        ledger = open_now(self.address(tmp_path))
        with_versions(ledger, *versions)
        answers = race(self.address(tmp_path), "crown or freeze", [*versions, "freeze"])
        turns, freeze = ledger.history("loans"), ledger.frozen("loans")
        assert freeze is not None
        assert answers[-1] == "done"
        assert len(turns) == answers[:-1].count("done") <= 1
        entries = [entry.action for entry in ledger.audit(limit=9)]
        assert not turns or entries.index("champion frozen") < entries.index("champion promoted")
        assert set(answers[:-1]) <= {"done", "champion_moved", "champion_frozen"}
        ledger.verify_audit()
        ledger.close()


def reign(ledger: SqlLedger) -> ChampionTurn:
    with_versions(ledger, FIRST, SECOND)
    return crown(ledger, FIRST, 0)


def crown(ledger: SqlLedger, version: str, expected: int, reason: TurnReason = TurnReason.PROMOTED) -> ChampionTurn:
    return ledger.crown("loans", version, expected_turn=expected, reason=reason, by="ann", why="better")
