"""A vault that seals keeps the contract of every vault, whatever keeps what it sealed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contracts.conftest import storage  # noqa: F401 - the fixture
from tests.contracts.object_storage import ObjectStorage
from tests.contracts.vault_ages_suite import VaultAgesContract, VaultRacesContract
from tests.contracts.vault_names_suite import VaultNamesContract
from tests.contracts.vault_process import BUCKET_VARIABLE, MASTER_VARIABLE, open_vault
from tests.contracts.vault_suite import VaultContract

from kingmaker.ports.vault import Vault
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
