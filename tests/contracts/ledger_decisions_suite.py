"""What every ledger owes versions, the champion pointer and verdicts."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import ChampionMoved, NotFound, RunRefused
from kingmaker.domain.verdict import VerdictReason

from .ledger_examples import NOON, Clock, LedgerContract, open_run, request, verdict, version, with_versions

OLD, NEW = "a" * 64, "b" * 64


class VersionsContract(LedgerContract):
    def test_a_version_added_twice_is_one_version(self, ledger: SqlLedger):
        lease = open_run(ledger)
        for _ in range(2):
            ledger.add_version(lease, version(1))
        assert ledger.versions("loans") == [version(1)]
        assert [entry.action for entry in ledger.audit()] == ["version published"]

    def test_versions_are_listed_newest_first_each_pipeline_for_itself(self, ledger: SqlLedger, clock: Clock):
        with_versions(ledger, OLD)
        clock.advance(days=1)
        with_versions(ledger, NEW)
        assert [one.version for one in ledger.versions("loans")] == [NEW, OLD]
        assert ledger.versions("cards") == []

    def test_a_version_is_named_by_a_unique_prefix_of_six_digits(self, ledger: SqlLedger):
        with_versions(ledger, "abcdef1" + "0" * 57, "abcdef2" + "0" * 57)
        assert ledger.version("loans", "abcdef1").version.startswith("abcdef1")
        with pytest.raises(NotFound, match="ambiguous"):
            ledger.version("loans", "abcdef")
        for unknown in ("abcde", "abcdef3", "ABCDEF1", "%"):
            with pytest.raises(NotFound, match="There is no version"):
                ledger.version("loans", unknown)
        with pytest.raises(NotFound):
            ledger.version("cards", "abcdef1")


class ChampionsContract(LedgerContract):
    def test_before_the_first_turn_nobody_is_in_force(self, ledger: SqlLedger):
        assert ledger.champion("loans") is None
        assert ledger.history("loans") == []

    def test_the_pointer_moves_with_its_reason_and_its_audit_entry(self, ledger: SqlLedger):
        with_versions(ledger, OLD)
        turn = crown(ledger, OLD, 0)
        assert (turn.turn, turn.version, turn.since, turn.by) == (1, OLD, NOON, "ann")
        assert ledger.champion("loans") == turn
        entry = ledger.audit(limit=1)[0]
        assert (entry.action, entry.subject, entry.why) == ("champion promoted", "champion_turn/loans/1", "better")

    def test_a_promotion_decided_on_an_older_champion_is_refused(self, ledger: SqlLedger):
        with_versions(ledger, OLD, NEW)
        crown(ledger, OLD, 0)
        for stale in (0, 2):
            with pytest.raises(ChampionMoved, match="stands at turn 1"):
                crown(ledger, NEW, stale)
        assert len(ledger.history("loans")) == 1
        with pytest.raises(ChampionMoved, match="no champion yet"):
            ledger.crown("cards", NEW, expected_turn=1, reason=TurnReason.PROMOTED, by="ann", why="better")

    def test_a_promotion_repeated_after_a_crash_is_answered_with_its_turn(self, ledger: SqlLedger, clock: Clock):
        with_versions(ledger, OLD)
        turn = crown(ledger, OLD, 0)
        clock.advance(hours=1)
        assert crown(ledger, OLD, 0) == turn
        with pytest.raises(ChampionMoved):
            crown(ledger, OLD, 0, why="another why")
        assert len(ledger.history("loans")) == 1

    def test_only_a_published_version_can_be_crowned(self, ledger: SqlLedger):
        with_versions(ledger, OLD)
        with pytest.raises(NotFound):
            crown(ledger, NEW, 0)
        assert ledger.champion("loans") is None

    def test_the_history_says_who_was_in_force_at_any_moment(self, ledger: SqlLedger, clock: Clock):
        with_versions(ledger, OLD, NEW)
        first = crown(ledger, OLD, 0)
        clock.advance(days=10)
        second = crown(ledger, NEW, 1)
        clock.advance(days=10)
        third = crown(ledger, OLD, 2, reason=TurnReason.ROLLED_BACK)
        assert ledger.history("loans") == [first, second, third]
        day = timedelta(days=1)
        found = [ledger.champion("loans", at=NOON + shift * day) for shift in (-1, 0, 9.99, 10, 19, 20, 99)]
        assert found == [None, first, first, second, second, third, third]

    def test_a_clock_set_back_does_not_disorder_the_history(self, ledger: SqlLedger, clock: Clock):
        with_versions(ledger, OLD, NEW)
        crown(ledger, OLD, 0)
        clock.advance(hours=-5)
        second = crown(ledger, NEW, 1)
        assert second.since == NOON
        assert ledger.champion("loans", at=NOON) == second

    @settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.differing_executors])
    @given(minutes=st.lists(st.integers(0, 3), min_size=1, max_size=6), asked=st.integers(-1, 20))
    def test_in_force_is_always_the_last_turn_not_after_the_moment(
        self, tmp_path_factory: pytest.TempPathFactory, minutes: list[int], asked: int
    ):
        clock = Clock()
        ledger = SqlLedger.open(self.address(tmp_path_factory.mktemp("history")), clock=clock)
        with_versions(ledger, OLD, NEW)
        for turn, wait in enumerate(minutes):
            clock.advance(minutes=wait)
            crown(ledger, (OLD, NEW)[turn % 2], turn)
        moment = NOON + timedelta(minutes=asked)
        past = [turn for turn in ledger.history("loans") if turn.since <= moment]
        assert ledger.champion("loans", at=moment) == (past[-1] if past else None)
        ledger.close()


class VerdictsContract(LedgerContract):
    def test_a_verdict_is_kept_with_its_evidence_and_candidate(self, ledger: SqlLedger):
        lease = open_run(ledger)
        assert ledger.verdict(1) is None
        recorded = ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version=NEW)
        assert ledger.verdict(1) == recorded
        assert (recorded.verdict, recorded.candidate_version, recorded.recorded_at) == (verdict(), NEW, NOON)
        assert recorded.settlement is None

    def test_recording_the_same_verdict_again_changes_nothing(self, ledger: SqlLedger, clock: Clock):
        lease = open_run(ledger)
        first = ledger.record_verdict(lease, verdict(), evidence="e", candidate_version=None)
        clock.advance(minutes=1)
        assert ledger.record_verdict(lease, verdict(), evidence="e", candidate_version=None) == first
        assert len(ledger.audit()) == 1

    def test_a_stage_done_again_may_replace_the_verdict_in_the_open(self, ledger: SqlLedger):
        lease = held(ledger)
        replaced = verdict(VerdictReason.GATE_FAILED)
        ledger.record_verdict(lease, replaced, evidence="other", candidate_version=None)
        assert [entry.action for entry in ledger.audit()] == ["verdict recorded", "verdict recorded"]
        assert ledger.audit(limit=1)[0].before == "hold: awaiting_approval"
        assert ledger.verify_audit() == 2

    @pytest.mark.parametrize("approved", [True, False])
    def test_a_person_settles_a_held_challenger_once(self, ledger: SqlLedger, clock: Clock, approved: bool):
        lease = held(ledger)
        at = clock.advance(days=1)
        settled = ledger.settle(1, approved=approved, by="bo", why="looked at it").settlement
        assert settled is not None
        assert (settled.approved, settled.by, settled.why, settled.at) == (approved, "bo", "looked at it", at)
        assert ledger.settle(1, approved=approved, by="bo", why="looked at it").settlement == settled
        with pytest.raises(RunRefused, match=r"bo has (approved|refused) the challenger already: looked at it"):
            ledger.settle(1, approved=not approved, by="cy", why="no")
        with pytest.raises(RunRefused):
            ledger.record_verdict(lease, verdict(), evidence="other", candidate_version=None)
        assert ledger.audit(limit=1)[0].action == ("challenger approved" if approved else "challenger refused")

    def test_only_a_held_verdict_waits_for_a_person(self, ledger: SqlLedger):
        with pytest.raises(NotFound):
            ledger.settle(1, approved=True, by="bo", why="because")
        lease = open_run(ledger)
        decided = verdict(VerdictReason.NOT_PROVEN_BETTER)
        ledger.record_verdict(lease, decided, evidence="e", candidate_version=NEW)
        with pytest.raises(RunRefused, match="The verdict is reject"):
            ledger.settle(1, approved=True, by="bo", why="because")

    def test_a_challenger_that_was_not_published_can_only_be_refused(self, ledger: SqlLedger):
        ledger.record_verdict(open_run(ledger), verdict(), evidence="e", candidate_version=None)
        with pytest.raises(RunRefused, match="no candidate"):
            ledger.settle(1, approved=True, by="bo", why="because")
        assert ledger.settle(1, approved=False, by="bo", why="because").settlement is not None

    def test_two_pipelines_do_not_mix(self, ledger: SqlLedger):
        held(ledger)
        ledger.open_run(request(pipeline="cards"), "one")
        assert ledger.verdict(2) is None


def crown(
    ledger: SqlLedger, digest: str, expected: int, *, reason: TurnReason = TurnReason.PROMOTED, why: str = "better"
):
    return ledger.crown("loans", digest, expected_turn=expected, reason=reason, by="ann", why=why)


def held(ledger: SqlLedger):
    lease = open_run(ledger)
    ledger.record_verdict(lease, verdict(), evidence="e" * 64, candidate_version=NEW)
    return lease
