"""What every ledger owes runs, leases, stages and trials."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.domain.errors import LeaseLost, NotFound, RunRefused
from kingmaker.domain.run import Lease, RunReason, RunState, Stage
from kingmaker.domain.trial import Trial, TrialEnd

from .ledger_examples import NOON, Clock, LedgerContract, fault, open_run, request, stage, trial, verdict, version


class RunsContract(LedgerContract):
    def test_a_new_ledger_knows_nothing(self, ledger: SqlLedger):
        assert (ledger.runs(), ledger.pipelines(), ledger.stages(1), ledger.trials(1), ledger.faults(1)) == (
            [],
            [],
            [],
            [],
            [],
        )
        with pytest.raises(NotFound):
            ledger.run(1)

    def test_a_run_is_kept_as_it_was_requested(self, ledger: SqlLedger):
        run, lease = ledger.open_run(request(), "one")
        assert (run.number, run.request, run.state, run.started_at) == (1, request(), RunState.RUNNING, NOON)
        assert (lease.run, lease.holder, lease.expires_at) == (1, "one", NOON + timedelta(seconds=60))
        assert ledger.run(1) == run

    def test_while_a_run_is_held_no_other_run_of_the_pipeline_starts(self, ledger: SqlLedger):
        open_run(ledger, "one")
        for key in ("march", "april"):
            with pytest.raises(RunRefused, match=r"Run 1 of pipeline loans is under way, held by one"):
                ledger.open_run(request(key=key), "two")
        assert ledger.open_run(request(pipeline="cards"), "two")[0].number == 2

    def test_a_released_run_is_taken_up_by_the_same_request(self, ledger: SqlLedger):
        first = open_run(ledger, "one")
        ledger.release(first)
        run, second = ledger.open_run(request(), "two")
        assert (run.number, second.token > first.token) == (first.run, True)

    def test_a_run_whose_lease_ran_out_is_taken_over(self, ledger: SqlLedger, clock: Clock):
        first = open_run(ledger, "one")
        clock.advance(seconds=59.9)
        with pytest.raises(RunRefused):
            ledger.resume_run(1, "two")
        clock.advance(seconds=0.1)
        assert ledger.resume_run(1, "two")[1].token > first.token

    def test_only_a_run_whose_lease_lives_is_under_way(self, ledger: SqlLedger, clock: Clock):
        lease = open_run(ledger, "one")
        ledger.finish_run(ledger.open_run(request(pipeline="cards"), "one")[1], RunReason.VERDICT_REACHED)
        assert ledger.under_way() == {1}
        ledger.release(lease)
        assert ledger.under_way() == set()
        ledger.resume_run(1, "two")
        assert ledger.under_way() == {1}
        clock.advance(seconds=60)
        assert ledger.under_way() == set()

    def test_a_renewed_lease_lasts_from_its_renewal(self, ledger: SqlLedger, clock: Clock):
        lease = open_run(ledger, "one")
        clock.advance(seconds=50)
        renewed = ledger.renew(lease)
        assert renewed == replace(lease, expires_at=clock.now + timedelta(seconds=60))
        clock.advance(seconds=50)
        with pytest.raises(RunRefused):
            ledger.resume_run(1, "two")

    def test_an_idle_run_on_other_inputs_is_superseded(self, ledger: SqlLedger):
        ledger.release(open_run(ledger))
        run, _ = ledger.open_run(request(key="april"), "two")
        old = ledger.run(1)
        assert (run.number, old.state, old.reason, old.ended_at) == (
            2,
            RunState.ABANDONED,
            RunReason.SUPERSEDED,
            NOON,
        )

    def test_a_finished_request_asked_for_again_is_a_new_run(self, ledger: SqlLedger):
        ledger.finish_run(open_run(ledger), RunReason.VERDICT_REACHED)
        assert ledger.open_run(request(), "one")[0].number == 2

    def test_a_failed_run_keeps_its_sentence_and_cannot_be_resumed(self, ledger: SqlLedger, clock: Clock):
        lease = open_run(ledger)
        ended = clock.advance(minutes=3)
        run = ledger.finish_run(lease, RunReason.DATA_REFUSED, detail="Too few bads.\0\udc80")
        assert (run.state, run.ended_at, run.detail) == (RunState.FAILED, ended, "Too few bads.?")
        with pytest.raises(RunRefused, match="failed"):
            ledger.resume_run(1, "one")
        with pytest.raises(NotFound):
            ledger.resume_run(2, "one")

    def test_a_stale_token_can_write_nothing(self, ledger: SqlLedger):
        stale = open_run(ledger, "one")
        ledger.record_trial(stale, trial())
        ledger.release(stale)
        ledger.open_run(request(), "two")
        refuse_every_write(ledger, stale)
        assert (ledger.stages(1), ledger.faults(1), ledger.versions("loans")) == ([], [], [])
        assert (ledger.verdict(1), ledger.run(1).state) == (None, RunState.RUNNING)

    def test_a_holder_that_takes_its_run_again_cannot_write_with_the_older_token(self, ledger: SqlLedger):
        stale = open_run(ledger, "one")
        ledger.record_trial(stale, trial())
        _, current = ledger.open_run(request(), "one")
        refuse_every_write(ledger, stale)
        ledger.record_stage(current, stage(1))

    def test_after_its_end_a_run_can_no_longer_be_written(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        refuse_every_write(ledger, lease)

    def test_giving_back_a_lost_lease_changes_nothing(self, ledger: SqlLedger):
        stale = open_run(ledger, "one")
        ledger.release(stale)
        _, current = ledger.open_run(request(), "two")
        ledger.release(stale)
        ledger.record_stage(current, stage(1))

    def test_a_lease_of_one_run_writes_to_no_other(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.open_run(request(pipeline="cards"), "one")
        with pytest.raises(LeaseLost):
            ledger.record_stage(lease, stage(2))
        with pytest.raises(LeaseLost):
            ledger.record_fault(lease, fault(2))

    def test_runs_are_listed_newest_first(self, ledger: SqlLedger):
        for pipeline in ("loans", "cards", "autos"):
            ledger.open_run(request(pipeline=pipeline), "one")
        assert [run.number for run in ledger.runs()] == [3, 2, 1]
        assert [run.number for run in ledger.runs(limit=2)] == [3, 2]
        assert [run.number for run in ledger.runs("cards")] == [2]
        assert list(ledger.pipelines()) == ["autos", "cards", "loans"]


class StagesContract(LedgerContract):
    def test_stages_are_kept_in_the_order_in_which_they_finished(self, ledger: SqlLedger):
        lease = open_run(ledger)
        records = [stage(1, Stage.EXTRACT), stage(1, Stage.PREPARE)]
        for record in records:
            ledger.record_stage(lease, record)
        assert ledger.stages(1) == records

    def test_a_stage_done_again_replaces_its_record(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.record_stage(lease, stage(1, output="1" * 64))
        ledger.record_stage(lease, stage(1, output="2" * 64))
        assert ledger.stages(1) == [stage(1, output="2" * 64)]

    def test_the_newest_stage_on_the_same_inputs_is_found_across_runs(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.record_stage(lease, stage(1))
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        ledger.record_stage(open_run(ledger), stage(2))
        assert ledger.stage_by_key(Stage.EXTRACT, "inputs") == stage(2)
        assert ledger.stage_by_key(Stage.EXTRACT, "others") is None
        assert ledger.stage_by_key(Stage.TRAIN, "inputs") is None


class TrialsContract(LedgerContract):
    def test_a_trial_is_found_again_bit_for_bit(self, ledger: SqlLedger):
        ledger.record_trial(open_run(ledger), trial())
        assert ledger.trial("t1") == trial()
        assert ledger.trial("t2") is None

    def test_a_trial_may_not_know_when_it_began(self, ledger: SqlLedger):
        ledger.record_trial(open_run(ledger), replace(trial(), started_at=None))
        assert ledger.trials(1) == [replace(trial(), started_at=None)]

    def test_one_and_true_stay_different_hyperparameters(self, ledger: SqlLedger):
        ledger.record_trial(open_run(ledger), trial())
        found = ledger.trial("t1")
        assert found is not None
        assert {name: type(value) for name, value in found.spec.hyperparameters.items()} == {
            "depth": int,
            "rate": float,
            "grow": str,
            "dart": bool,
        }

    def test_a_trial_is_recorded_once_and_its_first_record_stays(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.record_trial(lease, trial())
        ledger.record_trial(lease, replace(trial(), end=TrialEnd.LOST))
        assert ledger.trials(1) == [trial()]

    def test_a_later_run_uses_what_an_earlier_one_fitted(self, ledger: SqlLedger):
        lease = open_run(ledger)
        for one in (trial("b", 2), trial("a", 1)):
            ledger.record_trial(lease, one)
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
        second = open_run(ledger)
        for _ in range(2):
            ledger.use_trial(second, "b")
        assert ledger.trials(1) == [trial("a", 1), trial("b", 2)]
        assert ledger.trials(2) == [trial("b", 2)]

    def test_a_trial_nobody_recorded_cannot_be_used(self, ledger: SqlLedger):
        with pytest.raises(NotFound):
            ledger.use_trial(open_run(ledger), "unknown")

    def test_numbers_that_json_cannot_say_survive(self, ledger: SqlLedger):
        odd: Trial = replace(trial(), curve=((1, float("inf")),), auc_train=float("-inf"))
        ledger.record_trial(open_run(ledger), odd)
        assert ledger.trial("t1") == odd

    def test_faults_are_rows_even_when_a_crash_printed_rubbish(self, ledger: SqlLedger):
        lease = open_run(ledger)
        ledger.record_fault(lease, fault(1))
        ledger.record_fault(lease, fault(1, "bad \0 bytes \udcff"))
        assert ledger.faults(1) == [fault(1), fault(1, "bad  bytes ?")]


def refuse_every_write(ledger: SqlLedger, lease: Lease) -> None:
    entries = ledger.audit()
    with pytest.raises(LeaseLost, match="run 1"):
        ledger.renew(lease)
    with pytest.raises(LeaseLost):
        ledger.record_stage(lease, stage(1))
    with pytest.raises(LeaseLost):
        ledger.record_trial(lease, trial("t2"))
    with pytest.raises(LeaseLost):
        ledger.use_trial(lease, "t1")
    with pytest.raises(LeaseLost):
        ledger.record_fault(lease, fault(1))
    with pytest.raises(LeaseLost):
        ledger.add_version(lease, version(1))
    with pytest.raises(LeaseLost):
        ledger.record_verdict(lease, verdict(), evidence="e", candidate_version=None)
    with pytest.raises(LeaseLost):
        ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    assert ledger.trial("t2") is None
    assert ledger.audit() == entries
