"""A folder as depot, beyond the contract: a home's vault, and a folder that is away."""

from pathlib import Path

import pytest

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.ports.depot import DepotUnreachable

from .depot_suite import PLACE
from .depot_vaults import FolderVault


def test_a_home_is_followed_through_its_vault(tmp_path: Path):
    FolderVault(tmp_path / "home" / "vault").put(PLACE, b"{}")
    depot = FolderDepot(tmp_path / "home")
    marked = depot.pointer("loans")
    assert marked is not None
    assert marked.data == b"{}"
    depot.report("loans", "here", b"{}")
    assert (tmp_path / "home/vault/endpoints/loans/here.json").exists()


def test_a_folder_that_is_not_there_is_unreachable_and_never_made(tmp_path: Path):
    depot = FolderDepot(tmp_path / "mount")
    for ask in (lambda: depot.pointer("loans"), lambda: depot.report("loans", "here", b"{}")):
        with pytest.raises(DepotUnreachable):
            ask()
    assert not (tmp_path / "mount").exists()


def test_a_folder_that_goes_away_is_never_made_anew_and_used_again_when_it_is_back(tmp_path: Path):
    home, away = tmp_path / "home", tmp_path / "away"
    vault = FolderVault(home / "vault")
    depot = FolderDepot(home)
    depot.report("loans", "east", b"1")
    (tmp_path / "segment").write_bytes(b"rows")
    home.rename(away)
    for ask in (
        lambda: depot.report("loans", "east", b"2"),
        lambda: depot.leave("loans/east/1.log", tmp_path / "segment"),
    ):
        with pytest.raises(DepotUnreachable, match="cannot be used"):
            ask()
    assert not home.exists()
    away.rename(home)
    depot.report("loans", "east", b"3")
    assert vault.get("endpoints/loans/east.json") == b"3"


def test_a_folder_that_takes_no_report_says_so(tmp_path: Path):
    (tmp_path / "endpoints").write_bytes(b"in the way")
    with pytest.raises(DepotUnreachable, match="cannot be used"):
        FolderDepot(tmp_path).report("loans", "here", b"{}")


def test_the_empty_folder_where_a_home_was_mounted_takes_nothing(tmp_path: Path):
    home = tmp_path / "home"
    FolderVault(home / "vault").put(PLACE, b"{}")
    depot = FolderDepot(home)
    assert depot.pointer("loans") is not None
    home.rename(tmp_path / "away")
    home.mkdir()
    (tmp_path / "segment").write_bytes(b"rows")
    for ask in (lambda: depot.pointer("loans"), lambda: depot.leave("loans/east/1.log", tmp_path / "segment")):
        with pytest.raises(DepotUnreachable, match="cannot be used"):
            ask()
    assert not list(home.iterdir())
