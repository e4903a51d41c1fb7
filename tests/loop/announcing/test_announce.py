"""Announcing: whatever the ledger says is what endpoints are told, and whoever was killed in between is mended."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.loop.announcing.lender import PIPELINE, Lender

from kingmaker.bundle.pointers import MAX_POINTER_BYTES, pointer_name, read_pointer, sealed_pointer
from kingmaker.domain.errors import BundleRefused, PointerRefused, RunRefused, TamperFound
from kingmaker.domain.pointer import Pointer
from kingmaker.loop.announce import announce, announced_pointer, pointer_of
from kingmaker.loop.doctor import examine_house
from kingmaker.loop.reign import roll_back

ROOT = Path(__file__).parents[3]
ANNOUNCER = """
import sys
from tests.loop.announcing.stopping import roll_back_and_stop_before_announcing
roll_back_and_stop_before_announcing(sys.argv[1])
"""


@pytest.fixture
def lender(tmp_path: Path) -> Iterator[Lender]:
    lender = Lender.in_home(tmp_path / "home")
    yield lender
    lender.house.close()


def told(lender: Lender) -> Pointer:
    data = (lender.house.home / "vault" / "champions" / f"{PIPELINE}.json").read_bytes()
    return read_pointer(data, trusted=lender.house.trusted(), where="vault")


def pointers_check(lender: Lender):
    return next(check for check in examine_house(lender.house) if check.name == "pointers")


def test_without_a_champion_nothing_is_announced(lender: Lender) -> None:
    assert announce(lender.house, PIPELINE) is None
    assert lender.house.vault.names("") == []


def test_the_champion_is_announced_with_its_file_and_its_reason(lender: Lender) -> None:
    first, *_ = lender.versions
    turn = lender.crown(first, why="误杀率 fell")
    pointer = announce(lender.house, PIPELINE)
    assert pointer == told(lender)
    assert (pointer.pipeline, pointer.edition, pointer.turn) == (PIPELINE, 1, 1)
    assert (pointer.champion.version, pointer.since, pointer.why) == (first, turn.since, "误杀率 fell")
    assert pointer.champion.size == lender.archive(first).stat().st_size
    assert lender.house.vault.read(pointer.champion.archive) == lender.archive(first).read_bytes()


def test_announcing_again_writes_nothing(lender: Lender) -> None:
    lender.crown(lender.versions[0])
    announce(lender.house, PIPELINE)
    path = lender.house.home / "vault" / pointer_name(PIPELINE)
    written = path.stat().st_ino
    announce(lender.house, PIPELINE)
    assert path.stat().st_ino == written


def test_the_edition_grows_with_every_turn_and_every_change_of_companions(lender: Lender) -> None:
    first, second, third = lender.versions
    seen = []
    lender.crown(first)
    seen.append(announce(lender.house, PIPELINE))
    lender.house.ledger.accompany(
        PIPELINE, shadows=[third], canary=(second, 0.05), expected=0, by="ann", why="try"
    )  # fmt: skip
    seen.append(announce(lender.house, PIPELINE))
    lender.crown(second)
    seen.append(announce(lender.house, PIPELINE))
    assert [(one.edition, one.turn) for one in seen] == [(1, 1), (2, 1), (4, 2)]
    assert (seen[1].canary.placed.version, seen[1].canary.share) == (second, 0.05)
    assert [one.version for one in seen[1].placed] == [first, second, third]
    assert [one.version for one in seen[2].placed] == [second, third]


def test_a_companion_whose_bundle_is_lost_is_left_out_so_that_the_champion_is_heard(lender: Lender) -> None:
    first, second, third = lender.versions
    lender.crown(first)
    lender.house.ledger.accompany(PIPELINE, shadows=[second, third], canary=None, expected=0, by="ann", why="try")
    lender.archive(second).unlink()
    announced = announce(lender.house, PIPELINE)
    assert [one.version for one in announced.placed] == [first, third]
    lender.archive(third).unlink()
    assert announce(lender.house, PIPELINE) == told(lender) == announced


def test_a_champion_whose_bundle_is_lost_is_not_announced(lender: Lender) -> None:
    first, *_ = lender.versions
    lender.crown(first)
    lender.archive(first).unlink()
    with pytest.raises(BundleRefused, match="missing from the vault"):
        announce(lender.house, PIPELINE)


def test_rolling_back_announces(lender: Lender) -> None:
    first, second, _ = lender.versions
    lender.crown(first)
    lender.crown(second)
    roll_back(lender.house, PIPELINE, to=None, by="bo", why="complaints")
    assert (told(lender).champion.version, told(lender).turn, told(lender).reason.value) == (first, 3, "rolled_back")


def test_whoever_is_killed_between_crown_and_announcement_is_mended_by_the_same_command(lender: Lender) -> None:
    first, second, _ = lender.versions
    killed_before_announcing(lender)
    assert (lender.house.ledger.champion(PIPELINE).version, told(lender).champion.version) == (first, second)
    with pytest.raises(RunRefused, match="already in force"):
        roll_back(lender.house, PIPELINE, to=first, by="bo", why="complaints")
    assert told(lender) == pointer_of(lender.house, PIPELINE)
    assert told(lender).champion.version == first


def test_the_doctor_finds_an_announcement_that_is_behind_and_mends_it(lender: Lender) -> None:
    killed_before_announcing(lender)
    check = pointers_check(lender)
    assert check.healthy
    assert check.sentence == f"The pointer of {PIPELINE} was not what the ledger says, and is announced anew."
    assert told(lender) == pointer_of(lender.house, PIPELINE)
    assert pointers_check(lender).sentence == "1 announced pointer(s) are what the ledger says."


@pytest.mark.parametrize("rubbish", [b"", b"{}", b"\xff"])
def test_what_nobody_would_believe_is_announced_anew(lender: Lender, rubbish: bytes) -> None:
    lender.crown(lender.versions[0])
    lender.house.vault.name(pointer_name(PIPELINE), rubbish)
    assert announced_pointer(lender.house, PIPELINE) is None
    assert announce(lender.house, PIPELINE) == told(lender)


def test_a_ledger_older_than_what_endpoints_follow_takes_nothing_back(lender: Lender) -> None:
    lender.crown(lender.versions[0])
    newer = replace(announce(lender.house, PIPELINE), edition=9, turn=9)
    lender.house.vault.name(pointer_name(PIPELINE), sealed_pointer(newer, lender.house.signing_key()))
    with pytest.raises(TamperFound, match="endpoints were told edition 9, of which the ledger, at edition 1,"):
        announce(lender.house, PIPELINE)
    assert told(lender) == newer


def test_what_no_endpoint_would_believe_is_not_announced(lender: Lender) -> None:
    lender.crown(lender.versions[0], why="x" * MAX_POINTER_BYTES)
    with pytest.raises(PointerRefused, match="none has more than"):
        announce(lender.house, PIPELINE)
    assert lender.house.vault.names("") == []


def test_an_edition_that_was_announced_is_never_said_otherwise(lender: Lender) -> None:
    lender.crown(lender.versions[0])
    other = replace(announce(lender.house, PIPELINE), why="another ledger said so")
    lender.house.vault.name(pointer_name(PIPELINE), sealed_pointer(other, lender.house.signing_key()))
    with pytest.raises(TamperFound, match="is not the one that announced it"):
        announce(lender.house, PIPELINE)
    assert told(lender) == other


def test_of_several_who_crown_and_announce_at_once_the_newest_is_heard(lender: Lender) -> None:
    first, second, _ = lender.versions
    lender.crown(first)

    def reign(number: int) -> None:
        lender.house.ledger.note(by="ann", action="crowd", subject=str(number), before="", after="", why="")
        announce(lender.house, PIPELINE)

    with ThreadPoolExecutor(4) as crowd:
        waiting = [crowd.submit(reign, number) for number in range(12)]
        for turn in range(6):
            lender.crown((second, first)[turn % 2])
            announce(lender.house, PIPELINE)
        for one in waiting:
            one.result()
    assert told(lender) == pointer_of(lender.house, PIPELINE)
    assert told(lender).turn == 7


def killed_before_announcing(lender: Lender) -> None:
    """The second champion is announced; a process rolls back to the first and is killed when it would say so."""
    first, second, _ = lender.versions
    lender.crown(first)
    lender.crown(second)
    announce(lender.house, PIPELINE)
    command = [sys.executable, "-c", ANNOUNCER, str(lender.house.home)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "crowned\n"
        child.kill()
