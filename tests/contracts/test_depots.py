"""Every depot keeps the contract."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .depot_server import Manners, answering
from .depot_suite import DepotContract, Vault, digest
from .depot_vaults import FolderVault, HttpVault, ObjectsVault
from .object_storage import BUCKET, ObjectStorage


class TestFolderDepot(DepotContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[Vault]:
        yield FolderVault(folder)


class TestDepotOverHttp(DepotContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[Vault]:
        with answering(folder, Manners()) as url:
            yield HttpVault(folder, url)


class TestDepotOverAPlainServerOfFiles(DepotContract):
    """No ETag, no waiting, no ranges."""

    @contextmanager
    def open(self, folder: Path) -> Iterator[Vault]:
        with answering(folder, Manners(etag=False, waits=False, ranges=False)) as url:
            yield HttpVault(folder, url)


class TestObjectsDepot(DepotContract):
    @pytest.fixture(autouse=True)
    def _served(self, storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in storage.variables.items():
            monkeypatch.setenv(name, value)

    @contextmanager
    def open(self, folder: Path) -> Iterator[Vault]:
        yield ObjectsVault(f"s3://{BUCKET}/{digest(str(folder).encode())[:12]}")
