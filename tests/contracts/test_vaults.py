"""Every vault keeps the contract; and what each promises beyond it."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.database import CHUNK_BYTES, DatabaseVault
from kingmaker.adapters.vaults.folder import LEFTOVER_SECONDS, FolderVault
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound
from kingmaker.ports.vault import Vault

from .vault_names_suite import VaultNamesContract
from .vault_process import open_vault
from .vault_suite import VaultContract, digest, large_file

A_WRITER_THAT_STOPS_HALFWAY = """
import sys
from pathlib import Path
from kingmaker.adapters.vaults.folder import FolderVault

def blocks():
    yield b"first half, "
    print("halfway", flush=True)
    sys.stdin.readline()
    yield b"second half"

FolderVault(Path(sys.argv[1])).put_blocks(blocks())
"""


class TestFolderVault(VaultContract, VaultNamesContract):
    kind = "folder"

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)


class TestDatabaseVault(VaultContract, VaultNamesContract):
    kind = "database"

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)


def test_a_file_lies_in_a_folder_of_its_first_two_digits(tmp_path: Path):
    name = FolderVault(tmp_path).put_bytes(b"small")
    assert (tmp_path / name[:2] / name[2:]).read_bytes() == b"small"


def test_a_document_is_a_plain_file_at_its_name_and_survives_the_sweep(tmp_path: Path):
    FolderVault(tmp_path).name("champions/loans.json", b"{}")
    again = FolderVault(tmp_path, now=lambda: 1e12)
    assert (tmp_path / "champions" / "loans.json").read_bytes() == again.named("champions/loans.json") == b"{}"
    assert list((tmp_path / "incoming").iterdir()) == list(again.digests()) == []


def test_an_edited_file_is_found_also_after_it_was_proven(tmp_path: Path):
    vault = FolderVault(tmp_path)
    path = vault.fetch(vault.put_bytes(b"small"))
    path.chmod(0o644)
    path.write_bytes(b"SMALL, AND LONGER")
    with pytest.raises(TamperFound, match="is not what was put in"):
        vault.fetch(digest(b"small"))
    with pytest.raises(TamperFound):
        FolderVault(tmp_path).read(digest(b"small"))


def test_putting_a_file_again_heals_the_damaged_one(tmp_path: Path):
    vault = FolderVault(tmp_path)
    path = vault.fetch(vault.put_bytes(b"small"))
    path.chmod(0o644)
    path.write_bytes(b"")
    assert vault.read(vault.put_bytes(b"small")) == b"small"


def test_bytes_that_are_not_the_expected_ones_are_not_stored(tmp_path: Path):
    vault = FolderVault(tmp_path)
    with pytest.raises(TamperFound):
        vault.put_blocks([b"other"], expected=digest(b"small"))
    assert list(vault.digests()) == list((tmp_path / "incoming").iterdir()) == []


def test_a_writer_killed_halfway_leaves_a_leftover_that_goes_once_it_is_old(tmp_path: Path):
    command = [sys.executable, "-c", A_WRITER_THAT_STOPS_HALFWAY, str(tmp_path)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "halfway\n"
        child.kill()
    [leftover] = (tmp_path / "incoming").iterdir()
    written = leftover.stat().st_mtime
    assert list(FolderVault(tmp_path, now=lambda: written + LEFTOVER_SECONDS).digests()) == []
    assert leftover.exists()
    FolderVault(tmp_path, now=lambda: written + LEFTOVER_SECONDS + 1)
    assert not leftover.exists()


def test_a_folder_that_cannot_be_made_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed, match="Free space or correct the permissions"):
        FolderVault(tmp_path / "file" / "vault")


def test_a_large_file_is_kept_in_rows_of_at_most_four_mebibytes(tmp_path: Path):
    engine = open_database(tmp_path / "ledger.db")
    path = large_file(tmp_path)
    DatabaseVault(engine, tmp_path / "cache").put(path)
    with engine.begin() as connection:
        sizes = list(connection.execute(sa.text("SELECT length(data) FROM vault_chunk ORDER BY number")).scalars())
    assert sizes == [CHUNK_BYTES, CHUNK_BYTES, path.stat().st_size - 2 * CHUNK_BYTES]
    engine.dispose()


def test_an_edited_row_is_found_and_a_damaged_copy_is_fetched_again(tmp_path: Path):
    engine = open_database(tmp_path / "ledger.db")
    vault = DatabaseVault(engine, tmp_path / "cache")
    copy = vault.fetch(vault.put_bytes(b"small"))
    copy.chmod(0o644)
    copy.write_bytes(b"edited")
    assert vault.read(digest(b"small")) == b"small"
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE vault_chunk SET data = x'00'"))
    with pytest.raises(TamperFound, match="do not match"):
        DatabaseVault(engine, tmp_path / "another cache").fetch(digest(b"small"))
    with pytest.raises(NotFound):
        vault.fetch(digest(b"unknown"))
    engine.dispose()


def test_the_empty_file_is_a_file_too(tmp_path: Path):
    vault = DatabaseVault(open_database(tmp_path / "ledger.db"), tmp_path / "cache")
    assert vault.read(vault.put_bytes(b"")) == b""
    assert vault.fetch(digest(b"")).stat().st_size == 0
