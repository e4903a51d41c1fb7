"""What every ledger owes the companions of champions."""

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.errors import ChampionMoved, NotFound, RunRefused, TamperFound

from .ledger_audit_suite import edit
from .ledger_examples import NOON, Clock, LedgerContract, with_versions

FIRST, SECOND, THIRD = "a" * 64, "b" * 64, "c" * 64


class CompanionsContract(LedgerContract):
    def test_at_first_nobody_accompanies_a_champion(self, ledger: SqlLedger):
        reign(ledger)
        assert ledger.companions("loans") is None
        assert ledger.companion_changes("loans") == []

    def test_companions_change_with_their_reason_and_their_audit_entry(self, ledger: SqlLedger, clock: Clock):
        reign(ledger)
        first = accompany(ledger, SECOND, expected=0)
        later = clock.advance(hours=1)
        second = accompany(ledger, SECOND, canary=(THIRD, 0.05), expected=1)
        assert (first.number, first.shadows, first.canary, first.share) == (1, (SECOND,), None, None)
        assert (first.since, first.by, first.why) == (NOON, "ann", "try it")
        assert (second.number, second.canary, second.share, second.since) == (2, THIRD, 0.05, later)
        assert second.versions == (THIRD, SECOND)
        assert ledger.companions("loans") == second
        assert ledger.companion_changes("loans") == [first, second]
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.subject, entry.why) == ("companions changed", "companion_change/loans/2", "try it")
        assert entry.before == f"shadow {SECOND}"
        assert entry.after.startswith(f"canary {THIRD} at 0.05, shadow {SECOND} sha256:")
        assert ledger.verify_audit() == 6

    def test_sending_all_away_is_a_change_too(self, ledger: SqlLedger):
        reign(ledger)
        accompany(ledger, SECOND, expected=0)
        assert accompany(ledger, expected=1).versions == ()
        assert ledger.audit(limit=1)[0].after.startswith("no companions sha256:")

    def test_whoever_saw_other_companions_changes_nothing(self, ledger: SqlLedger):
        reign(ledger)
        accompany(ledger, SECOND, expected=0)
        for stale in (0, 2):
            with pytest.raises(ChampionMoved, match="changed the companions of pipeline loans meanwhile"):
                accompany(ledger, THIRD, expected=stale)
        assert len(ledger.companion_changes("loans")) == 1

    def test_only_published_versions_accompany_a_champion_and_not_itself(self, ledger: SqlLedger):
        with pytest.raises(NotFound, match="has no champion"):
            accompany(ledger, SECOND, expected=0)
        reign(ledger)
        with pytest.raises(NotFound, match="There is no version ddd"):
            accompany(ledger, "d" * 64, expected=0)
        with pytest.raises(RunRefused, match="cannot accompany itself"):
            accompany(ledger, canary=(FIRST, 0.1), expected=0)
        assert ledger.companions("loans") is None

    @pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
    def test_a_share_lies_between_none_and_all(self, ledger: SqlLedger, share: float):
        reign(ledger)
        with pytest.raises(ValueError, match="share"):
            accompany(ledger, canary=(SECOND, share), expected=0)

    def test_a_crowned_version_accompanies_nobody_and_does_not_come_back_by_itself(
        self, ledger: SqlLedger, clock: Clock
    ):
        reign(ledger)
        accompany(ledger, THIRD, canary=(SECOND, 0.05), expected=0)
        clock.advance(days=1)
        turn = crown(ledger, SECOND, 1)
        left = ledger.companions("loans")
        assert left is not None
        assert (left.number, left.canary, left.share, left.shadows) == (2, None, None, (THIRD,))
        assert (left.since, left.why) == (turn.since, f"Version {SECOND[:12]} is in force since turn 2.")
        crown(ledger, FIRST, 2)
        assert ledger.companions("loans") == left
        crown(ledger, THIRD, 3)
        assert ledger.companions("loans").versions == ()
        assert ledger.verify_audit() == 10

    def test_each_pipeline_has_companions_of_its_own(self, ledger: SqlLedger):
        reign(ledger)
        accompany(ledger, SECOND, expected=0)
        assert ledger.companions("cards") is None

    def test_an_edited_change_is_found(self, ledger: SqlLedger):
        reign(ledger)
        accompany(ledger, canary=(SECOND, 0.05), expected=0)
        edit(ledger, "UPDATE companion_change SET share = 0.5")
        with pytest.raises(TamperFound) as found:
            ledger.verify_audit()
        assert found.value.where == "companion_change/loans/1"


def reign(ledger: SqlLedger) -> None:
    with_versions(ledger, FIRST, SECOND, THIRD)
    crown(ledger, FIRST, 0)


def crown(ledger: SqlLedger, version: str, expected: int):
    return ledger.crown("loans", version, expected_turn=expected, reason=TurnReason.PROMOTED, by="ann", why="better")


def accompany(
    ledger: SqlLedger, *shadows: str, canary: tuple[str, float] | None = None, expected: int
) -> CompanionChange:
    return ledger.accompany("loans", shadows=shadows, canary=canary, expected=expected, by="ann", why="try it")
