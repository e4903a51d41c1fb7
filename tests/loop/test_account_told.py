"""The account of a run read back from its JSON, as a client does: bit for bit what was told."""

import struct
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loop.judging.world import World, loans, now

from kingmaker.domain.run import Lease, RunReason, Stage, StageRecord
from kingmaker.domain.trial import Fault, Trial
from kingmaker.loop.account import account_of, as_told
from kingmaker.loop.publish import publish
from kingmaker.loop.records import RunAccount
from kingmaker.loop.selection import selection_to_json
from kingmaker.loop.snapshots import snapshot_to_json

ANY = st.floats(allow_nan=True, allow_infinity=True)
MAYBE = st.none() | ANY


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> RunAccount:
    """Of a run that fitted two families, promoted, and met a fault on its way."""
    world = World.make(tmp_path_factory.mktemp("told"), loans(6000), learners=("scorecard", "lightgbm"))
    run, lease = world.open_run("one")
    selection = world.select()
    turn = world.turn(run, lease)
    world.house.ledger.record_fault(lease, _fault(run.number))
    for stage, output in (
        (Stage.EXTRACT, snapshot_to_json(world.snapshot)),
        (Stage.SELECT, selection_to_json(selection)),
    ):
        world.house.ledger.record_stage(lease, _record(world, lease, stage, output))
    publish(turn, world.snapshot, selection)
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    found = account_of(world.house, run.number)
    assert found.selection is not None
    assert found.selection.evidence is not None
    return found


def _fault(run: int) -> Fault:
    return Fault(
        run=run, stage="train", trial=3, node="here", attempt=1, kind="raised", message="误杀率 \U0001f4a5",
        traceback="Traceback\n\t…", happened_at=now(),
    )  # fmt: skip


def _record(world: World, lease: Lease, stage: Stage, output: bytes) -> StageRecord:
    return StageRecord(
        run=lease.run, stage=stage, key="k", output=world.vault.put_bytes(output), seconds=0.1, finished_at=now(),
        reused=False,
    )  # fmt: skip


def read_back(account: RunAccount) -> RunAccount:
    return msgspec.json.decode(msgspec.json.encode(account, enc_hook=str), type=RunAccount)


def bits(record: object) -> object:
    """Numbers as their bytes: -0.0 is not 0.0, and 1 is not 1.0."""
    if isinstance(record, float):
        return struct.pack("<d", record)
    if isinstance(record, list | tuple):
        return [bits(one) for one in record]
    if isinstance(record, dict):
        return {name: bits(one) for name, one in record.items()}
    return (type(record).__name__, record)


def test_a_real_account_reads_back_bit_for_bit(account: RunAccount) -> None:
    again = read_back(account)
    assert again == account
    assert bits(msgspec.to_builtins(again)) == bits(msgspec.to_builtins(account))
    assert again.verdict == account.verdict


@settings(deadline=None, max_examples=60)
@given(
    areas=st.tuples(MAYBE, MAYBE, MAYBE), curve=st.lists(st.tuples(st.integers(0, 999), ANY), max_size=4), value=MAYBE
)
def test_whatever_numbers_the_ledger_kept_the_account_reads_back(
    account: RunAccount, areas: tuple[float | None, ...], curve: list[tuple[int, float]], value: float | None
) -> None:
    train, holdout, utility = areas
    trial = replace(account.trials[0], auc_train=train, auc_holdout=holdout, utility=utility, curve=tuple(curve))
    recorded = account.recorded
    assert recorded is not None
    gates = tuple(replace(gate, value=value) for gate in recorded.verdict.gates)
    odd = replace(account, trials=(trial,), recorded=replace(recorded, verdict=replace(recorded.verdict, gates=gates)))
    told = as_told(odd)
    assert bits(msgspec.to_builtins(read_back(told))) == bits(msgspec.to_builtins(told))
    assert bits(msgspec.to_builtins(as_told(told))) == bits(msgspec.to_builtins(told))


@settings(deadline=None, max_examples=60)
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5)
        | st.booleans(),
        max_size=5,
    )
)
def test_hyperparameters_keep_their_kinds(account: RunAccount, drawn: dict[str, int | float | str | bool]) -> None:
    trial = account.trials[0]
    odd = replace(account, trials=(replace(trial, spec=replace(trial.spec, hyperparameters=drawn)),))
    told = as_told(odd)
    assert bits(dict(told.trials[0].spec.hyperparameters)) == bits(drawn)
    assert isinstance(read_back(told).trials[0], Trial)


def test_what_is_no_number_is_told_as_none(account: RunAccount) -> None:
    trial = replace(account.trials[0], auc_train=float("nan"), curve=((10, 0.7), (20, float("nan"))))
    told = as_told(replace(account, trials=(trial,)))
    assert (told.trials[0].auc_train, told.trials[0].curve) == (None, ((10, 0.7),))
