"""What depots are read from in tests: a folder, a server over one, a bucket."""

from pathlib import Path

import obstore
from obstore.store import from_url

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.adapters.depots.objects import ObjectsDepot
from kingmaker.ports.depot import Depot

from .depot_suite import LARGE, digest

STORED = f"{digest(LARGE)[:2]}/{digest(LARGE)[2:]}"


class FolderVault:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)

    def put(self, place: str, data: bytes) -> None:
        path = self.folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "new").write_bytes(data)
        (path.parent / "new").replace(path)

    def get(self, place: str) -> bytes:
        return (self.folder / place).read_bytes()

    def depot(self) -> Depot:
        return FolderDepot(self.folder)


class HttpVault(FolderVault):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url = url

    def depot(self) -> Depot:
        return HttpDepot(Site(self.url, silence_seconds=5.0), look_seconds=0.1)


class ObjectsVault:
    def __init__(self, url: str) -> None:
        self.url = url
        self.store = from_url(url, client_options={"allow_http": True})

    def put(self, place: str, data: bytes) -> None:
        obstore.put(self.store, place, data)

    def get(self, place: str) -> bytes:
        return bytes(obstore.get(self.store, place).bytes())

    def depot(self) -> Depot:
        return ObjectsDepot(self.url, look_seconds=0.1, allow_http=True)
