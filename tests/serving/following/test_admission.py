"""Which pointer may follow what was seen."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kingmaker.domain.champion import TurnReason
from kingmaker.domain.errors import PointerRefused
from kingmaker.domain.pointer import Placed, Pointer
from kingmaker.serving.admission import (
    LONGEST_MEMORY,
    PointerForeign,
    PointerForked,
    PointerReplayed,
    PointerReverted,
    Seen,
    admit,
)

A, B, C = (Placed(version=letter * 64, archive=letter * 64, size=1) for letter in "abc")


def pointer(edition: int, turn: int, champion: Placed = A, reason: TurnReason = TurnReason.PROMOTED) -> Pointer:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return Pointer(
        pipeline="loans", edition=edition, turn=turn, champion=champion, since=since, reason=reason, why="better"
    )


def seen(*pointers: Pointer) -> Seen:
    found = Seen()
    for one in pointers:
        found = admit(one, "loans", found)
    return found


def test_the_first_pointer_and_the_same_again_are_admitted():
    first = pointer(7, 3)
    once = seen(first)
    assert (once.edition, once.turn, once.reigns) == (7, 3, ((3, A.version),))
    assert admit(first, "loans", once) == once


def test_an_older_edition_is_a_replay():
    with pytest.raises(PointerReplayed, match="edition 8 was seen before"):
        admit(pointer(7, 3), "loans", seen(pointer(8, 3)))


def test_one_edition_says_one_thing():
    with pytest.raises(PointerForked, match="something else"):
        admit(replace(pointer(7, 3), shadows=(B,)), "loans", seen(pointer(7, 3)))


def test_one_turn_has_one_champion():
    with pytest.raises(PointerForked, match="turn 3 was that of version a"):
        admit(pointer(8, 3, B), "loans", seen(pointer(7, 3, A)))


def test_a_turn_does_not_go_back_whatever_its_edition():
    with pytest.raises(PointerReverted, match="turn 2 comes after turn 3"):
        admit(pointer(9, 2, B, TurnReason.ROLLED_BACK), "loans", seen(pointer(7, 3)))


@pytest.mark.parametrize("reason", [TurnReason.PROMOTED, TurnReason.APPROVED])
def test_an_earlier_champion_returns_only_as_rolled_back(reason: TurnReason):
    before = seen(pointer(1, 1, A), pointer(2, 2, B))
    with pytest.raises(PointerReverted, match=f"returns as {reason}"):
        admit(pointer(3, 3, A, reason), "loans", before)
    assert admit(pointer(3, 3, A, TurnReason.ROLLED_BACK), "loans", before).turn == 3


def test_editions_and_turns_that_were_missed_do_not_matter():
    assert seen(pointer(1, 1, A), pointer(40, 12, C)).reigns == ((1, A.version), (12, C.version))


def test_another_pipeline_is_not_followed():
    with pytest.raises(PointerForeign, match="this endpoint follows cards"):
        admit(pointer(1, 1), "cards", Seen())


def test_what_is_remembered_is_bounded():
    many = Seen(edition=1, turn=5000, reigns=tuple((turn, f"{turn:064x}") for turn in range(LONGEST_MEMORY)))
    assert len(admit(pointer(2, 5001, A), "loans", many).reigns) == LONGEST_MEMORY


@given(
    st.lists(
        st.builds(
            pointer, st.integers(1, 6), st.integers(1, 6), st.sampled_from([A, B, C]), st.sampled_from(list(TurnReason))
        ),
        max_size=12,
    )
)
@settings(deadline=None, max_examples=200)
def test_whatever_comes_editions_and_turns_never_fall_and_a_turn_never_changes_hands(pointers: list[Pointer]):
    found = Seen()
    for one in pointers:
        try:
            after = admit(one, "loans", found)
        except PointerRefused:
            continue
        assert (after.edition, after.turn) >= (found.edition, found.turn)
        assert after.turn >= found.turn
        assert set(found.reigns) <= set(after.reigns)
        found = after
