"""A run that would promote while the champion is frozen publishes its version and waits for a person."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.loop.judging.world import World, house_in, loans

from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.domain.champion import ModelVersion, TurnReason
from kingmaker.domain.errors import ChampionFrozen
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.run import RunReason
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.publish import publish
from kingmaker.loop.reign import approve, promote
from kingmaker.loop.selection import Selection
from kingmaker.ports.house import House


@pytest.fixture(scope="module")
def _selected(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Selection]:
    world = World.make(tmp_path_factory.mktemp("frozen"), loans(6000), learners=("scorecard",))
    return world, world.select()


@pytest.fixture
def world(_selected: tuple[World, Selection], tmp_path: Path) -> World:
    """The same trials in a home of its own."""
    fitted = _selected[0]
    shutil.copytree(fitted.house.home / "vault", tmp_path / "vault")
    house, vault = house_in(tmp_path), FolderVault(tmp_path / "vault")
    return replace(fitted, house=house, vault=vault)


@pytest.fixture
def selection(_selected: tuple[World, Selection]) -> Selection:
    assert _selected[1].verdict.reason is VerdictReason.FIRST_CHAMPION
    return _selected[1]


def published(world: World, selection: Selection, key: str = "one") -> tuple[int, ModelVersion]:
    run, lease = world.open_run(key)
    version = publish(world.turn(run, lease), world.snapshot, selection)
    assert version is not None
    world.house.ledger.finish_run(lease, RunReason.VERDICT_REACHED)
    return run.number, version


def frozen_before_its_first_champion(world: World) -> None:
    """A pipeline is known once it ran."""
    _, lease = world.open_run("a run without a verdict")
    world.house.ledger.finish_run(lease, RunReason.STUDIED)
    world.house.ledger.freeze("loans", by="bo", why="The committee has not met.")


def test_a_promotion_is_held_and_says_who_froze_the_champion_and_why(world: World, selection: Selection) -> None:
    frozen_before_its_first_champion(world)
    run, version = published(world, selection)
    recorded = world.house.ledger.verdict(run)
    assert recorded is not None
    assert (recorded.verdict.reason, recorded.verdict.decision) == (VerdictReason.CHAMPION_FROZEN, Decision.HOLD)
    assert recorded.candidate_version == version.version
    assert recorded.verdict.sentence.startswith(selection.verdict.sentence)
    assert "bo has frozen the champion since" in recorded.verdict.sentence
    assert recorded.verdict.sentence.endswith("The committee has not met. A person decides.")
    assert world.house.ledger.champion("loans") is None


def test_it_is_approved_once_the_freeze_is_lifted_and_not_before(world: World, selection: Selection) -> None:
    frozen_before_its_first_champion(world)
    run, version = published(world, selection)
    with pytest.raises(ChampionFrozen, match="bo froze the champion"):
        approve(world.house, run, by="ann", why="I like it")
    recorded = world.house.ledger.verdict(run)
    assert recorded is not None
    assert recorded.settlement is None
    world.house.ledger.lift_freeze("loans", by="bo", why="they met")
    turn = approve(world.house, run, by="cy", why="they liked it")
    assert (turn.version, turn.reason, turn.by) == (version.version, TurnReason.APPROVED, "cy")


def test_promoting_the_held_version_by_hand_settles_its_run(world: World, selection: Selection) -> None:
    frozen_before_its_first_champion(world)
    run, version = published(world, selection)
    world.house.ledger.lift_freeze("loans", by="bo", why="they met")
    turn = promote(world.house, "loans", version.version[:10], expected_turn=0, by="cy", why="they liked it")
    assert promote(world.house, "loans", version.version, expected_turn=0, by="cy", why="they liked it") == turn
    recorded = world.house.ledger.verdict(run)
    assert recorded is not None
    assert recorded.settlement is not None
    assert (recorded.settlement.approved, recorded.settlement.by) == (True, "cy")


def test_a_stage_done_again_after_the_freeze_leaves_its_own_promotion_alone(world: World, selection: Selection) -> None:
    run, lease = world.open_run("one")
    turn = world.turn(run, lease)
    first = publish(turn, world.snapshot, selection)
    world.house.ledger.freeze("loans", by="bo", why="enough")
    second = publish(turn, world.snapshot, selection)
    assert first is not None
    assert second is not None
    assert first.version == second.version
    recorded = world.house.ledger.verdict(run.number)
    assert recorded is not None
    assert recorded.verdict.reason is VerdictReason.FIRST_CHAMPION
    assert len(world.house.ledger.history("loans")) == 1


def test_a_freeze_between_the_verdict_and_the_crowning_is_met_too(world: World, selection: Selection) -> None:
    frozen_before_its_first_champion(world)
    late = replace(world, house=replace(world.house, ledger=_FrozenLate(world.house)))
    run, _ = published(late, selection)
    recorded = world.house.ledger.verdict(run)
    assert recorded is not None
    assert recorded.verdict.reason is VerdictReason.CHAMPION_FROZEN
    assert world.house.ledger.champion("loans") is None
    world.house.ledger.verify_audit()


class _FrozenLate:
    """A ledger whose freeze is not seen at the first look, as if it came right after it."""

    def __init__(self, house: House) -> None:
        self._ledger = house.ledger
        self._looks = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._ledger, name)

    def frozen(self, pipeline: str) -> Freeze | None:
        self._looks += 1
        return self._ledger.frozen(pipeline) if self._looks > 1 else None
