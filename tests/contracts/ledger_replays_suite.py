"""What every ledger owes replays that are asked for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import Conflict, LeaseLost, NotFound, RunRefused
from kingmaker.domain.replay import Holds, ReplayOrder, ReplayProgress, ReplayState

from .ledger_examples import NOON, Clock, LedgerContract, open_run

ORDER = ReplayOrder(
    pipeline="loans",
    declaration=1,
    first=date(2020, 1, 31),
    last=date(2021, 12, 31),
    every="quarter",
    dates=8,
    policies=("never", "proven"),
    holds=Holds.REFUSE,
)
HALFWAY = ReplayProgress(stage="replay", done=3, total=9, dates_done=1, seconds_left=12.5, is_least=True)
FILES = {"result": "a" * 64, "page": "b" * 64}


def asked(ledger: SqlLedger, key: str = "one", pipeline: str = "loans") -> int:
    return ledger.ask_replay(replace(ORDER, pipeline=pipeline), key=key, by="ann").number


class ReplaysContract(LedgerContract):
    def test_what_is_asked_for_waits_and_is_in_the_audit_log(self, ledger: SqlLedger):
        made = ledger.ask_replay(ORDER, key="k", by="ann")
        assert (made.number, made.state, made.asked_at, made.requested_by) == (1, ReplayState.WAITING, NOON, "ann")
        assert made.order == ORDER
        assert ledger.replay(1) == made
        assert (ledger.audit()[0].action, ledger.audit()[0].by) == ("replay asked for", "ann")
        with pytest.raises(NotFound):
            ledger.replay(2)

    def test_asking_twice_with_one_key_is_one_replay_and_for_another_a_conflict(self, ledger: SqlLedger):
        first = ledger.ask_replay(ORDER, key="k", by="ann")
        assert ledger.ask_replay(ORDER, key="k", by="bob") == first
        assert ledger.ask_replay(replace(ORDER, pipeline="cars"), key="k", by="bob").number == 2
        with pytest.raises(Conflict, match="another replay"):
            ledger.ask_replay(replace(ORDER, every="month"), key="k", by="ann")

    def test_they_are_listed_newest_first_by_pipeline_and_in_pages(self, ledger: SqlLedger):
        for key, pipeline in (("one", "loans"), ("two", "cars"), ("three", "loans")):
            asked(ledger, key, pipeline)
        assert [one.number for one in ledger.replays()] == [3, 2, 1]
        assert [one.number for one in ledger.replays(["loans"], before=3)] == [1]
        assert [one.number for one in ledger.replays(limit=1)] == [3]
        assert ledger.replays([]) == []

    def test_one_is_done_at_a_time_the_oldest_first(self, ledger: SqlLedger):
        assert not ledger.replay_is_due()
        assert ledger.claim_replay("a") is None
        first, second = asked(ledger, "one"), asked(ledger, "two", "cars")
        assert ledger.replay_is_due()
        claimed = ledger.claim_replay("a")
        assert claimed is not None
        request, lease = claimed
        assert (request.number, request.state, request.started_at, lease.token) == (first, ReplayState.RUNNING, NOON, 1)
        assert request.is_held
        assert not ledger.replay_is_due()
        assert ledger.claim_replay("b") is None
        done = ledger.finish_replay(lease, **FILES)
        assert (done.state, done.result, done.page, done.ended_at, done.is_held) == (
            ReplayState.FINISHED, "a" * 64, "b" * 64, NOON, False,
        )  # fmt: skip
        claimed = ledger.claim_replay("b")
        assert claimed is not None
        assert claimed[0].number == second

    def test_of_many_who_claim_one_gets_it(self, ledger: SqlLedger):
        asked(ledger, "one"), asked(ledger, "two")
        with ThreadPoolExecutor(8) as threads:
            got = list(threads.map(ledger.claim_replay, "abcdefgh"))
        assert sum(one is not None for one in got) == 1

    def test_none_begins_while_a_run_is_conducted_and_one_that_was_begun_goes_on(self, ledger: SqlLedger, clock: Clock):
        asked(ledger)
        run = open_run(ledger)
        assert ledger.claim_replay("a") is None
        ledger.release(run)
        claimed = ledger.claim_replay("a")
        assert claimed is not None
        ledger.resume_run(run.run, "one")
        clock.advance(minutes=5)
        ledger.renew(ledger.resume_run(run.run, "one")[1])
        again = ledger.claim_replay("b")
        assert again is not None
        assert again[1].token == 2

    def test_progress_is_told_and_a_lease_that_was_taken_over_can_no_longer_write(
        self, ledger: SqlLedger, clock: Clock
    ):
        number = asked(ledger)
        claimed = ledger.claim_replay("a")
        assert claimed is not None
        old = ledger.renew_replay(claimed[1])
        ledger.tell_replay(old, HALFWAY)
        assert ledger.replay(number).progress == HALFWAY
        later = clock.advance(minutes=5)
        assert not ledger.replay(number).is_held
        taken = ledger.claim_replay("b")
        assert taken is not None
        assert taken[1].expires_at > later
        for write in (
            lambda: ledger.renew_replay(old),
            lambda: ledger.tell_replay(old, HALFWAY),
            lambda: ledger.release_replay(old),
            lambda: ledger.finish_replay(old, **FILES),
            lambda: ledger.fail_replay(old, detail="no"),
        ):
            with pytest.raises(LeaseLost):
                write()
        ledger.release_replay(taken[1])
        assert ledger.replay(number).state is ReplayState.RUNNING
        assert ledger.replay_is_due()

    def test_one_that_waits_is_cancelled_at_once_and_one_under_way_when_its_holder_obeys(self, ledger: SqlLedger):
        first, second = asked(ledger, "one"), asked(ledger, "two")
        gone = ledger.cancel_replay(second, by="bob", why="too long")
        assert (gone.state, gone.detail) == (ReplayState.CANCELLED, "Cancelled by bob: too long")
        claimed = ledger.claim_replay("a")
        assert claimed is not None
        wished = ledger.cancel_replay(first, by="bob", why="enough")
        assert (wished.state, wished.cancelled_by) == (ReplayState.RUNNING, "bob")
        assert ledger.cancel_replay(first, by="cat", why="again") == wished
        ended = ledger.fail_replay(claimed[1], detail="interrupted")
        assert (ended.state, ended.detail) == (ReplayState.CANCELLED, "Cancelled by bob: enough")
        assert [entry.by for entry in ledger.audit(limit=2)] == ["bob", "bob"] or ledger.audit()[0].by == "bob"
        with pytest.raises(RunRefused, match="cancelled"):
            ledger.cancel_replay(first, by="bob", why="again")

    def test_a_cancelled_one_whose_holder_died_is_ended_by_whoever_claims_next(self, ledger: SqlLedger, clock: Clock):
        first = asked(ledger, "one")
        assert ledger.claim_replay("a") is not None
        ledger.cancel_replay(first, by="bob", why="enough")
        clock.advance(minutes=5)
        second = asked(ledger, "two")
        claimed = ledger.claim_replay("b")
        assert claimed is not None
        assert claimed[0].number == second
        assert ledger.replay(first).state is ReplayState.CANCELLED

    def test_one_whose_holders_die_again_and_again_is_given_up(self, ledger: SqlLedger, clock: Clock):
        number = asked(ledger)
        for _ in range(2):
            assert ledger.claim_replay("a", give_up_after=2) is not None
            clock.advance(minutes=5)
        assert ledger.claim_replay("a", give_up_after=2) is None
        given_up = ledger.replay(number)
        assert given_up.state is ReplayState.FAILED
        assert "taken up 2 times" in given_up.detail

    def test_what_was_found_stays(self, ledger: SqlLedger, clock: Clock):
        asked(ledger)
        claimed = ledger.claim_replay("a")
        assert claimed is not None
        ledger.finish_replay(claimed[1], **FILES)
        later = clock.advance(days=9_000)
        assert {"a" * 64, "b" * 64} <= ledger.digests_in_use(runs_since=later).files
