"""A vault that seals keeps the contract of every vault, whatever keeps what it sealed."""

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tests.contracts.conftest import storage  # noqa: F401 - the fixture
from tests.contracts.object_storage import ObjectStorage
from tests.contracts.vault_ages_suite import VaultAgesContract, VaultRacesContract
from tests.contracts.vault_names_suite import VaultNamesContract
from tests.contracts.vault_process import BUCKET_VARIABLE, MASTER_VARIABLE, open_vault
from tests.contracts.vault_suite import VaultContract, large_file

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.adapters.depots.objects import ObjectsDepot
from kingmaker.ports.vault import Vault
from kingmaker.sealing.keyring import Keyring
from kingmaker.sealing.stream import sealed_size

MASTER = "5a" * 32


class SealedContract(VaultContract, VaultNamesContract, VaultAgesContract):
    @pytest.fixture(autouse=True)
    def _keyed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(MASTER_VARIABLE, MASTER)

    def stored(self, size: int) -> int:
        return sealed_size(size)

    def open(self, folder: Path) -> Vault:
        return open_vault(self.kind, folder)

    def open_at(self, folder: Path, now: Callable[[], float]) -> Vault:
        return open_vault(self.kind, folder, now)


class TestSealedFolder(SealedContract, VaultRacesContract):
    kind = "sealed folder"


class TestSealedDatabase(SealedContract, VaultRacesContract):
    kind = "sealed database"


class TestSealedObjects(SealedContract):
    kind = "sealed objects"

    @pytest.fixture(autouse=True)
    def _served(self, storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
        for name, value in storage.variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv(BUCKET_VARIABLE, storage.bucket)


def test_an_endpoint_that_follows_object_storage_opens_what_lies_sealed_there(
    storage: ObjectStorage,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    for name, value in (*storage.variables.items(), (BUCKET_VARIABLE, storage.bucket), (MASTER_VARIABLE, MASTER)):
        monkeypatch.setenv(name, value)
    bundle = large_file(tmp_path)
    archive = open_vault("sealed objects", tmp_path / "home").put(bundle)
    keyring = Keyring(tmp_path / "keys" / "data.keys", f"env:{MASTER_VARIABLE}")
    depot = ObjectsDepot(f"{storage.bucket}/{tmp_path.name}", allow_http=True, keyring=keyring)
    for there in (0, 1, 5_000_000):
        (tmp_path / "part").write_bytes(bundle.read_bytes()[:there])
        depot.fetch(archive, bundle.stat().st_size, tmp_path / "part")
        assert (tmp_path / "part").read_bytes() == bundle.read_bytes()


def test_an_endpoint_that_follows_a_server_of_static_files_opens_what_lies_sealed_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv(MASTER_VARIABLE, MASTER)
    bundle = large_file(tmp_path)
    archive = open_vault("sealed folder", tmp_path / "vault").put(bundle)
    keyring = Keyring(tmp_path / "keys" / "data.keys", f"env:{MASTER_VARIABLE}")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "vault"))) as server:
        Thread(target=server.serve_forever).start()
        depot = HttpDepot(Site(f"http://127.0.0.1:{server.server_port}"), keyring=keyring)
        for there in (0, 5_000_000):
            (tmp_path / "part").write_bytes(bundle.read_bytes()[:there])
            depot.fetch(archive, bundle.stat().st_size, tmp_path / "part")
            assert (tmp_path / "part").read_bytes() == bundle.read_bytes()
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *told: object) -> None: ...
