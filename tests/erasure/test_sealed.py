"""Erasing in a sealed home: what is sealed is looked into, and what does not open keeps nobody from being erased."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.erasure.lender import CUSTOMER, MARK, marked_book, opened, their_loans
from tests.erasure.lender import holding as holding_plain
from tests.journeys.book import loans
from tests.privacy.watching import texts_of

from kingmaker.adapters.vaults.private_copies import PrivateCopies
from kingmaker.control.erasing.afterwards import check_erasures, keep_erased
from kingmaker.control.erasing.erase import erase
from kingmaker.domain.erasure import Erasure, Kept
from kingmaker.ports.house import House
from kingmaker.sealing.stream import is_sealed
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

MASTER = "env:MASTER"
SEGMENT = "inbox/book/e/20161105T100000Z-token-000001.jsonl"


@pytest.fixture
def sealed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The marked home, everything in its vault sealed since."""
    monkeypatch.setenv("MASTER", "5a" * 32)
    house = opened(folder, MASTER)
    assert house.sealing is not None
    assert len(list(house.sealing.seal_plain())) > 10
    yield house
    house.close()


def erased(house: House) -> Erasure:
    return erase(house, "book", CUSTOMER, applications=their_loans(), by="ada", why="asked for it")


def files_of(one: Erasure) -> dict[Kept, int]:
    return {kind.kind: kind.files for kind in one.erased}


def holding(house: House, scratch: Path) -> list[str]:
    """Everything that the home's vault opens in which the mark stands."""
    held = [name for name in house.vault.digests() if holds(house.vault.read(name), scratch)]
    return held + [name for name in house.vault.names("") if holds(house.vault.named(name) or b"", scratch)]


def holds(data: bytes, scratch: Path) -> bool:
    scratch.write_bytes(data)
    return any(MARK in text for text in texts_of(scratch))


def rehearsed(folder: Path, home: str, *, marked: bool) -> Path:
    """A replay's home with one table in its sealed vault and no other; where it lies there."""
    house = open_house(Settings(home=folder / "home" / home, master_key=MASTER))
    table = house.workspace / "table"
    (marked_book() if marked else loans(100)).write_parquet(table)
    digest = house.vault.put(table)
    table.unlink()
    house.close()
    path = folder / "home" / home / "vault" / digest[:2] / digest[2:]
    assert is_sealed(path.read_bytes())
    return path


def damage(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])


def test_nothing_that_the_vault_opens_holds_the_customer_afterwards(sealed: House, tmp_path: Path) -> None:
    assert holding(sealed, tmp_path / "opened")
    told = files_of(erased(sealed))
    assert holding(sealed, tmp_path / "opened") == []
    assert (told[Kept.OUTCOMES], told[Kept.SEGMENT], told[Kept.PART]) == (4, 2, 1)
    written = [sealed.home / "vault" / name for name in sealed.vault.names("inbox/")]
    assert all(is_sealed(path.read_bytes()) for path in written)
    assert check_erasures(sealed).is_clean
    sealed.ledger.verify_audit()


def test_a_replay_whose_vault_is_sealed_is_found_by_the_tables_in_it(sealed: House, folder: Path) -> None:
    theirs, others = rehearsed(folder, "replays/7", marked=True), rehearsed(folder, "replays/8", marked=False)
    told = files_of(erased(sealed))
    assert told[Kept.REPLAY] == 2, "and the terminal's, which lies in the same folder"
    assert not (folder / "home" / "replays" / "7").exists()
    assert not theirs.exists()
    assert others.exists()
    assert [path.name for path in (folder / "home" / "replays").iterdir()] == ["8"]
    assert check_erasures(sealed).is_clean


def test_what_does_not_open_is_told_and_keeps_nobody_from_being_erased(
    sealed: House, folder: Path, tmp_path: Path
) -> None:
    table = rehearsed(folder, "replays/8", marked=False)
    damage(table)
    damage(sealed.home / "vault" / SEGMENT)
    told = files_of(erased(sealed))
    assert told[Kept.SEGMENT] == 1
    (sealed.home / "vault" / SEGMENT).unlink()
    assert holding(sealed, tmp_path / "opened") == []
    assert check_erasures(sealed).unreadable == (str(table.relative_to(sealed.home)),)


def test_a_damaged_segment_is_named_by_the_check(sealed: House) -> None:
    erased(sealed)
    damage(sealed.home / "vault" / SEGMENT)
    assert check_erasures(sealed).unreadable == (SEGMENT,)


@pytest.mark.slow
@pytest.mark.parametrize("step", [3, 12, 20])
def test_killed_at_a_step_in_a_sealed_home_it_goes_on_by_its_marks(
    sealed: House, folder: Path, tmp_path: Path, step: int
) -> None:
    command = [sys.executable, "-m", "tests.erasure.killed", str(folder), str(step), MASTER]
    assert subprocess.run(command, check=False).returncode == -9
    assert keep_erased(sealed) == 1
    assert holding(sealed, tmp_path / "opened") == []
    assert holding_plain(folder / "home") == []
    assert check_erasures(sealed).is_clean
    sealed.ledger.verify_audit()


def test_opened_copies_of_an_erased_file_go_wherever_another_process_keeps_them(
    sealed: House, folder: Path, tmp_path: Path
) -> None:
    other = opened(folder, MASTER)
    parts = [name for name in other.vault.digests() if holds(other.vault.read(name), tmp_path / "opened")]
    copies = [other.vault.fetch(name) for name in parts]
    assert copies
    assert all(path.exists() and not is_sealed(path.read_bytes()) for path in copies)
    erased(sealed)
    assert not any(path.exists() for path in copies)
    other.close()


def test_room_that_a_discarded_copy_took_in_memory_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    copies = PrivateCopies(tmp_path / "disk", memory=tmp_path / "memory", available=lambda: 400)
    for _ in range(9):
        assert copies.make("rows", [b"r" * 90], 90).parents[1].name == "memory"
        copies.discard("rows")
    copies.make("rows", [b"r" * 90], 90)
    assert copies.make("other", [b"r" * 90], 90).parents[1].name == "disk"
