"""What people do about champions: approve, reject, promote, roll back. Every move is a compare-and-swap with its reason."""

from contextlib import suppress

from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle
from kingmaker.domain.champion import ChampionTurn, TurnReason
from kingmaker.domain.errors import ChampionFrozen, ChampionMoved, NotFound, RunRefused
from kingmaker.domain.verdict import Decision, RecordedVerdict
from kingmaker.loop.announce import announce, announce_if_found
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.selection import selection_from_json
from kingmaker.ports.house import House


def approve(house: House, run: int, *, by: str, why: str) -> ChampionTurn:
    """Put a held run's version in force. Raises RunRefused when nothing waits, ChampionMoved when the champion changed.

    Raises ChampionFrozen while it is frozen: nothing is settled then, and the approval may be said again later.
    """
    pipeline = house.ledger.run(run).request.pipeline
    recorded = house.ledger.verdict(run)
    if recorded is None or recorded.candidate_version is None:
        raise RunRefused(
            f"run {run} published no version that could be approved", remedy=f"`kingmaker explain {run}` shows why."
        )
    selection = selection_from_json(house.vault.read(recorded.evidence))
    _prove(house, pipeline, recorded.candidate_version)
    _stands_at(house, pipeline, selection.champion_turn, recorded.candidate_version, run)
    _refuse_if_frozen(house, pipeline, recorded.candidate_version)
    house.ledger.settle(run, approved=True, by=by, why=why)
    turn = house.ledger.crown(
        pipeline,
        recorded.candidate_version,
        expected_turn=selection.champion_turn,
        reason=TurnReason.APPROVED,
        by=by,
        why=why,
    )
    announce(house, pipeline)
    return turn


def _stands_at(house: House, pipeline: str, turn: int, candidate: str, run: int) -> None:
    """Look before the approval is written down: the verdict compared with the champion of that turn, and no other."""
    now = house.ledger.champion(pipeline)
    is_repeat = now is not None and now.turn == turn + 1 and now.version == candidate
    if now is not None and now.turn != turn and not is_repeat:
        raise ChampionMoved(
            f"run {run} compared its version with the champion of turn {turn}, and turn {now.turn} is in force now",
            remedy="Run again: the version is then compared with today's champion.",
        )


def _refuse_if_frozen(house: House, pipeline: str, candidate: str) -> None:
    """Before the approval is written down; the ledger asks again when it crowns."""
    freeze, now = house.ledger.frozen(pipeline), house.ledger.champion(pipeline)
    if freeze is not None and (now is None or now.version != candidate):
        raise ChampionFrozen(
            f"{freeze.by} froze the champion of pipeline {pipeline}: {freeze.why}",
            where=pipeline,
            remedy="Lift the freeze first: `kingmaker unfreeze --why ...`.",
        )


def reject(house: House, run: int, *, by: str, why: str) -> RecordedVerdict:
    """Say no to a held run for good. Raises RunRefused when nothing waits."""
    return house.ledger.settle(run, approved=False, by=by, why=why)


def promote(house: House, pipeline: str, version: str, *, expected_turn: int, by: str, why: str) -> ChampionTurn:
    """Put a published version (full digest or prefix) in force by hand, after proving its bundle.

    The turn's reason is APPROVED, as for a held run: a person decided, and every endpoint knows that word. Where the version's
    run waited for a person, this settles it. Said again, it is harmless.
    Raises ChampionMoved when another turn than `expected_turn` is in force (0: nobody), ChampionFrozen, BundleRefused, and
    RunRefused for a version that was in force before: endpoints take such a one back only as rolled back.
    """
    chosen = house.ledger.version(pipeline, version)
    _refuse_return(house.ledger.history(pipeline), chosen.version, expected_turn)
    _prove(house, pipeline, chosen.version)
    turn = house.ledger.crown(
        pipeline, chosen.version, expected_turn=expected_turn, reason=TurnReason.APPROVED, by=by, why=why
    )
    _settle_if_held(house, chosen.run, chosen.version, by=by, why=why)
    announce(house, pipeline)
    return turn


def _refuse_return(history: list[ChampionTurn], version: str, expected_turn: int) -> None:
    """The turn that a repeat would make anew is no earlier reign."""
    if history and history[-1].version == version and history[-1].turn != expected_turn + 1:
        raise RunRefused(f"version {version[:12]} is already in force", remedy="`kingmaker versions` lists the others.")
    if any(turn.version == version and turn.turn != expected_turn + 1 for turn in history):
        raise RunRefused(
            f"version {version[:12]} was in force before, so there is only the way back to it",
            remedy=f"`kingmaker rollback --to {version[:12]} --why ...`.",
        )


def _settle_if_held(house: House, run: int, version: str, *, by: str, why: str) -> None:
    recorded = house.ledger.verdict(run)
    is_held = recorded is not None and recorded.verdict.decision is Decision.HOLD and recorded.settlement is None
    if recorded is not None and is_held and recorded.candidate_version == version:
        with suppress(RunRefused):  # somebody else decided at this moment
            house.ledger.settle(run, approved=True, by=by, why=why)


def roll_back(house: House, pipeline: str, *, to: str | None, by: str, why: str) -> ChampionTurn:
    """Move the pointer back to the version before (or `to`, by digest or prefix), after proving its bundle.

    Raises RunRefused when there is nothing to go back to or `to` was never in force, BundleRefused when the older bundle
    no longer keeps its promises.
    """
    history = house.ledger.history(pipeline)
    if not history:
        raise NotFound(f"pipeline {pipeline} has no champion", remedy="`kingmaker runs` shows its runs.")
    announce_if_found(house, pipeline)
    now = history[-1]
    target = house.ledger.version(pipeline, to).version if to else _before(history)
    if all(turn.version != target for turn in history):
        raise RunRefused(
            f"version {target[:12]} was never in force, so there is no way back to it",
            remedy="`kingmaker history` lists those that were; `kingmaker approve RUN` puts a held version in force.",
        )
    if target == now.version:
        raise RunRefused(f"version {target[:12]} is already in force", remedy="`kingmaker history` lists the others.")
    _prove(house, pipeline, target)
    turn = house.ledger.crown(pipeline, target, expected_turn=now.turn, reason=TurnReason.ROLLED_BACK, by=by, why=why)
    announce(house, pipeline)
    return turn


def _before(history: list[ChampionTurn]) -> str:
    now = history[-1].version
    earlier = [turn.version for turn in history if turn.version != now]
    if not earlier:
        raise RunRefused("there is no earlier champion to go back to", remedy="Name a version with --to.")
    return earlier[-1]


def _prove(house: House, pipeline: str, version: str) -> None:
    prove(published_bundle(house, pipeline, version))


def bundle_of(house: House, pipeline: str, version: str | None) -> Bundle:
    """A version's verified bundle (the champion's by default). Raises NotFound, BundleRefused."""
    return published_bundle(house, pipeline, version or version_in_force(house, pipeline))


def version_in_force(house: House, pipeline: str) -> str:
    """Raises NotFound when the pipeline has no champion yet."""
    turn = house.ledger.champion(pipeline)
    if turn is None:
        raise NotFound(
            f"pipeline {pipeline} has no champion yet",
            remedy="Run it, or name a published version: `kingmaker versions` lists them.",
        )
    return turn.version
