"""A vault hands out what stands for an erased file, and lets the old one go for good."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.database import DatabaseVault
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.standing import StandingVault
from kingmaker.domain.errors import NotFound
from kingmaker.ports.vault import Vault

THEIRS = b"rows of somebody who is to be forgotten, " * 9
OTHERS = b"rows of the others"


@pytest.fixture(params=["folder", "database"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vault]:
    engine = open_database(tmp_path / "vault.db")
    is_folder = request.param == "folder"
    yield FolderVault(tmp_path / "vault") if is_folder else DatabaseVault(engine, tmp_path / "cache")
    engine.dispose()


def standing(vault: Vault, pairs: dict[str, str]) -> StandingVault:
    answer: Callable[[str], str | None] = pairs.get
    return StandingVault(vault, answer)


def test_what_is_discarded_is_gone_however_young_and_stands_in_no_file(vault: Vault, tmp_path: Path) -> None:
    digest = vault.put_bytes(THEIRS)
    vault.fetch(digest)
    for _ in range(2):
        vault.discard(digest)
    assert not vault.has(digest)
    with pytest.raises(NotFound):
        vault.read(digest)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and THEIRS[:40] in path.read_bytes()]


def test_the_old_digest_leads_to_the_file_that_stands_for_it(vault: Vault) -> None:
    old, new = vault.put_bytes(THEIRS), vault.put_bytes(OTHERS)
    followed = standing(vault, {old: new})
    assert (followed.has(old), followed.renew(old), followed.read(old)) == (True, True, OTHERS)
    assert followed.fetch(old).read_bytes() == OTHERS
    assert not vault.has(old)


def test_what_was_erased_is_not_kept_when_it_is_put_again(vault: Vault, tmp_path: Path) -> None:
    old, new = vault.put_bytes(THEIRS), vault.put_bytes(OTHERS)
    followed = standing(vault, {old: new})
    (tmp_path / "again").write_bytes(THEIRS)
    assert followed.put_bytes(THEIRS) == followed.put(tmp_path / "again") == old
    assert list(vault.digests()) == [new]
    assert followed.read(old) == OTHERS
