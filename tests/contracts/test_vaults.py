"""Every vault keeps the contract; and what each promises beyond it."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import obstore
import pytest
import sqlalchemy as sa
from obstore.store import from_url

from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.adapters.depots.objects import ObjectsDepot
from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.ages import REMOVABLE_SECONDS
from kingmaker.adapters.vaults.database import CHUNK_BYTES, DatabaseVault
from kingmaker.adapters.vaults.folder import LEFTOVER_SECONDS, FolderVault
from kingmaker.adapters.vaults.objects import ObjectsVault
from kingmaker.bundle.pointers import pointer_name, report_name
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound
from kingmaker.ports.vault import Vault
from kingmaker.settings import SettingError, Settings
from kingmaker.wiring import open_house

from .object_storage import ObjectStorage
from .postgres_server import Schemas
from .vault_ages_suite import VaultAgesContract, VaultRacesContract
from .vault_names_suite import VaultNamesContract
from .vault_process import BUCKET_VARIABLE, DATABASE_VARIABLE, SetClock, open_vault
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


WITHOUT_OBSTORE = """
import sys
from pathlib import Path
sys.modules["obstore"] = None
from kingmaker.domain.errors import StorageFailed
from kingmaker.settings import Settings
from kingmaker.wiring import open_house
try:
    open_house(Settings(home=Path(sys.argv[1]), vault="s3://loans/vault"))
except StorageFailed as error:
    print(error.sentence())
"""


class TestFolderVault(VaultContract, VaultNamesContract, VaultAgesContract, VaultRacesContract):
    kind = "folder"

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        return open_vault(self.kind, folder, now)


class TestDatabaseVault(VaultContract, VaultNamesContract, VaultAgesContract, VaultRacesContract):
    kind = "database"

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        return open_vault(self.kind, folder, now)


class TestPostgresVault(VaultAgesContract, VaultRacesContract):
    """Ages and races alone: the rest of the contract asks nothing of a database that SQLite does not answer."""

    kind = "postgres"

    @pytest.fixture(autouse=True)
    def _served(self, postgres: Schemas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
        monkeypatch.setenv(DATABASE_VARIABLE, postgres.of(tmp_path))
        self.engine = open_database(postgres.of(tmp_path))
        yield
        self.engine.dispose()

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        return DatabaseVault(self.engine, folder / "cache", now=now)


class TestObjectsVault(VaultContract, VaultNamesContract, VaultAgesContract):
    kind = "objects"

    @pytest.fixture(autouse=True)
    def _served(self, storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in storage.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(BUCKET_VARIABLE, storage.bucket)

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        return open_vault(self.kind, folder, now)


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


@pytest.fixture
def bucket(storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A part of the bucket that is nobody else's."""
    for name, value in storage.variables.items():
        monkeypatch.setenv(name, value)
    return f"{storage.bucket}/{tmp_path.name}"


def test_objects_are_laid_out_as_a_folder_is(bucket: str, tmp_path: Path):
    vaults = FolderVault(tmp_path / "vault"), ObjectsVault(bucket, tmp_path / "cache")
    for vault in vaults:
        vault.name("champions/loans.json", b"{}")
        vault.put_bytes(b"small")
    files = [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    store = from_url(bucket, client_options={"allow_http": True})
    stored = {
        one["path"]: bytes(obstore.get(store, one["path"]).bytes()) for page in obstore.list(store) for one in page
    }
    assert stored == {path.relative_to(tmp_path / "vault").as_posix(): path.read_bytes() for path in files}


def test_what_a_vault_announces_an_endpoints_depot_finds(bucket: str, tmp_path: Path):
    folder, objects = FolderVault(tmp_path / "home" / "vault"), ObjectsVault(bucket, tmp_path / "cache")
    depots = FolderDepot(tmp_path / "home"), ObjectsDepot(bucket, allow_http=True)
    bundle = large_file(tmp_path)
    for vault, depot in zip((folder, objects), depots, strict=True):
        vault.name(pointer_name("loans"), b"{}")
        depot.fetch(vault.put(bundle), bundle.stat().st_size, tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == bundle.read_bytes()
        (tmp_path / "fetched").unlink()
        assert depot.pointer("loans").data == b"{}"
        depot.report("loans", "branch-1", b"{}")
        assert vault.names("endpoints/") == [report_name("loans", "branch-1")]


def test_an_edited_object_is_found_and_a_damaged_copy_is_fetched_again(bucket: str, tmp_path: Path):
    vault = ObjectsVault(bucket, tmp_path / "cache")
    copy = vault.fetch(vault.put_bytes(b"small"))
    copy.chmod(0o644)
    copy.write_bytes(b"edited")
    assert vault.read(digest(b"small")) == b"small"
    place = f"{digest(b'small')[:2]}/{digest(b'small')[2:]}"
    obstore.put(from_url(bucket, client_options={"allow_http": True}), place, b"edited")
    with pytest.raises(TamperFound, match="do not match"):
        ObjectsVault(bucket, tmp_path / "another cache").fetch(digest(b"small"))


def test_a_bucket_that_does_not_exist_is_said_so(bucket: str, tmp_path: Path):
    vault = ObjectsVault(bucket.replace("s3://vaults", "s3://nowhere"), tmp_path / "cache")
    assert not vault.has(digest(b"small"))
    for act in (
        lambda: vault.put_bytes(b"small"),
        lambda: vault.named("champions/loans.json"),
        lambda: vault.names(""),
    ):
        with pytest.raises(StorageFailed, match="The bucket does not exist"):
            act()


def test_a_storage_that_does_not_answer_is_told_in_one_line(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(StorageFailed, match="The object storage cannot be used") as failed:
            ObjectsVault(bucket, tmp_path / "cache").named("champions/loans.json")
    assert "\n" not in failed.value.sentence()
    assert "AWS_ENDPOINT_URL" in failed.value.remedy


@pytest.mark.parametrize("url", ["s4://x/y", "s3://", "x://"])
def test_a_url_that_names_no_storage_is_refused(url: str, tmp_path: Path):
    with pytest.raises(StorageFailed, match="cannot be used"):
        ObjectsVault(url, tmp_path / "cache")


def test_a_home_may_keep_its_vault_on_object_storage(bucket: str, tmp_path: Path):
    house = open_house(Settings.from_environment({"KINGMAKER_HOME": str(tmp_path / "home"), "KINGMAKER_VAULT": bucket}))
    stored = house.vault.put_bytes(b"small")
    house.close()
    assert ObjectsVault(bucket, tmp_path / "elsewhere").read(stored) == b"small"
    assert not (tmp_path / "home" / "vault").exists()


def test_an_old_object_that_is_put_again_is_uploaded_again(bucket: str, tmp_path: Path):
    name = ObjectsVault(bucket, tmp_path / "cache").put_bytes(b"small")
    store, place = from_url(bucket, client_options={"allow_http": True}), f"{name[:2]}/{name[2:]}"
    obstore.put(store, place, b"what lies there")
    for vault in (ObjectsVault(bucket, tmp_path / "cache"), ObjectsVault(bucket, tmp_path / "cache", now=lambda: 1e12)):
        found = bytes(obstore.get(store, place).bytes())
        assert vault.put_bytes(b"small") == name
        assert found == b"what lies there"
    assert bytes(obstore.get(store, place).bytes()) == b"small"


def test_a_file_of_a_vault_from_before_ages_were_kept_begins_its_age_when_it_is_first_asked_for(tmp_path: Path):
    engine = open_database(tmp_path / "ledger.db")
    name = DatabaseVault(engine, tmp_path / "cache").put_bytes(b"old")
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM vault_put"))
    clock = SetClock(1e9)
    vault = DatabaseVault(engine, tmp_path / "cache", now=clock)
    assert vault.remove(name) is None
    clock.now += REMOVABLE_SECONDS
    assert vault.remove(name) == len(b"old")
    engine.dispose()


def test_without_obstore_it_is_said_what_to_install(tmp_path: Path):
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_OBSTORE, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == (
        "s3://loans/vault: a vault on object storage needs the package obstore, which is not installed. "
        "Run pip install 'kingmaker[objects]'."
    )


def test_a_vault_of_another_kind_is_a_mistake_in_the_settings():
    with pytest.raises(SettingError, match="KINGMAKER_VAULT is 'cellar'"):
        Settings.from_environment({"KINGMAKER_VAULT": "cellar"})


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
