"""The account of a run: whatever is known about it, and nothing that is not."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.loop.judging.world import World, loans, now, pipeline_of

from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Lease, RunReason, Stage, StageRecord
from kingmaker.loop.account import account_of
from kingmaker.loop.publish import publish
from kingmaker.loop.records import RunAccount
from kingmaker.loop.selection import Selection, selection_to_json
from kingmaker.loop.snapshots import snapshot_to_json

DECLARATION = """\
pipeline: loans
source: {file: loans.csv}
id: id
applied_at: applied
amount: lent
outcome: {label: bad}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.make(tmp_path, loans(6000), learners=("scorecard",))


def record(world: World, run: int, lease: Lease, stage: Stage, output: bytes) -> None:
    world.house.ledger.record_stage(
        lease,
        StageRecord(
            run=run,
            stage=stage,
            key="k" * 64,
            output=world.vault.put_bytes(output),
            seconds=0.1,
            finished_at=now(),
            reused=False,
        ),
    )


def judged(world: World, key: str, declaration: str = DECLARATION) -> tuple[int, Selection]:
    """A run that did all its stages with the world's one trial."""
    run, lease = world.open_run(key, declaration)
    selection = world.select()
    record(world, run.number, lease, Stage.EXTRACT, snapshot_to_json(world.snapshot))
    record(world, run.number, lease, Stage.SELECT, selection_to_json(selection))
    publish(world.turn(run, lease), world.snapshot, selection)
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return run.number, selection


def lineage(account: RunAccount) -> dict[str, str]:
    return {entry.name: entry.value for entry in account.lineage}


def test_a_published_run_tells_where_its_model_comes_from(world: World) -> None:
    number, selection = judged(world, "first")
    account = account_of(world.house, number)
    found = lineage(account)
    assert account.version is not None
    assert selection.finalist is not None
    assert found["declaration"] == "d" * 64
    assert found["snapshot"] == world.snapshot.digest
    assert found["version"] == account.version.version
    assert found["trial"] == selection.finalist.trial_key == world.trials[0].key
    assert found["seeds"] == "7, 7"
    assert found["parity rows"] == "5,300"
    assert found["parity, largest difference in pd"].endswith("(allowed 1e-05)")
    assert {"kingmaker", "numpy", "onnxruntime", "scikit-learn"} <= set(found)
    assert account.amount_column == "lent"


def test_the_first_run_had_no_champion_and_the_next_one_has_its_thresholds(world: World) -> None:
    first, selection = judged(world, "first")
    second, _ = judged(world, "second")
    assert selection.finalist is not None
    assert account_of(world.house, first).champion_thresholds is None
    assert account_of(world.house, second).champion_thresholds == selection.finalist.thresholds


def test_a_run_that_opened_no_test_window_has_no_model_to_tell_of(world: World) -> None:
    judged(world, "first")
    second, selection = judged(world, "second")
    account = account_of(world.house, second)
    assert selection.verdict.reason.value == "identical"
    assert (selection.finalist, account.version) == (None, None)
    assert set(lineage(account)) == {"declaration", "snapshot"}


def test_a_run_without_a_bundle_gives_what_is_known(world: World) -> None:
    judged(world, "first")
    worse = world.fitted("scorecard", 2, strength=5.0)
    other = replace(world, trials=(worse,), pipeline=pipeline_of(promote="point"))
    second, selection = judged(other, "second")
    account = account_of(world.house, second)
    assert selection.verdict.reason.value == "not_proven_better"
    assert account.version is None
    assert set(lineage(account)) == {"declaration", "snapshot", "trial", "model", "recipe"}


def test_a_run_that_has_just_begun_knows_its_declaration_only(world: World) -> None:
    run, _ = world.open_run("first", DECLARATION)
    account = account_of(world.house, run.number)
    assert set(lineage(account)) == {"declaration"}
    assert (account.snapshot, account.selection, account.version, account.champion_thresholds) == (None,) * 4
    assert account.amount_column == "lent"


def test_a_declaration_that_this_release_cannot_read_names_no_amount(world: World) -> None:
    run, _ = world.open_run("first", "pipeline: loans\nnot: anything we know\n")
    assert account_of(world.house, run.number).amount_column is None


def test_a_bundle_of_a_key_that_is_not_trusted_takes_only_its_own_facts_away(world: World, tmp_path: Path) -> None:
    number, _ = judged(world, "first")
    stranger = SigningKey.create(tmp_path / "other.key")
    account = account_of(replace(world.house, trusted=lambda: (stranger.public,)), number)
    assert account.version is not None
    assert set(lineage(account)) == {"declaration", "snapshot", "trial", "model", "recipe"}


def test_an_account_is_one_json_document(world: World) -> None:
    number, _ = judged(world, "first")
    document = msgspec.json.decode(msgspec.json.encode(account_of(world.house, number)))
    assert document["amount_column"] == "lent"
    assert {entry["name"] for entry in document["lineage"]} >= {"snapshot", "version"}


def test_there_is_no_account_of_a_run_that_never_was(world: World) -> None:
    with pytest.raises(NotFound):
        account_of(world.house, 99)
