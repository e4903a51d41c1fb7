"""The control centre keeps the contract of depots: its real application behind a real server, asked with a token."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.control_centre.doorkeeper import Door, somebody
from tests.control_centre.hosting import hosted

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.adapters.vaults.folder import FolderVault as StoredFiles
from kingmaker.domain.access import Role
from kingmaker.domain.champion import ModelVersion
from kingmaker.domain.errors import NotFound
from kingmaker.domain.run import Lease
from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.ports.depot import Depot
from kingmaker.ports.house import House
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

from .depot_suite import DepotContract, Vault
from .depot_vaults import FolderVault
from .ledger_process import REQUEST

TOKEN = "the branch's token"


class Unproven(StoredFiles):
    """Hands out whatever lies there: as a vault whose disk changes bytes after they were proven."""

    def fetch(self, digest: str) -> Path:
        if not self._path(digest).is_file():
            raise NotFound("nothing is stored under this digest", where=digest)
        return self._path(digest)


class PublishersHome(FolderVault):
    """Whatever is put under a digest is a published version's bundle."""

    def __init__(self, house: House, lease: Lease, url: str) -> None:
        self.folder = house.home / "vault"
        self.house, self.lease, self.url = house, lease, url

    def put(self, place: str, data: bytes) -> None:
        super().put(place, data)
        digest = place.replace("/", "")
        if len(digest) == 64:
            self.house.ledger.add_version(
                self.lease,
                ModelVersion(
                    version=digest, pipeline="loans", run=self.lease.run, archive=digest, learner="scorecard",
                    published_at=self.house.clock(),
                ),
            )  # fmt: skip

    def depot(self) -> Depot:
        return HttpDepot(Site(self.url, token=TOKEN, silence_seconds=5.0), look_seconds=0.1)


class TestControlCentreDepot(DepotContract):
    @contextmanager
    def open(self, folder: Path) -> Iterator[Vault]:
        house = open_house(Settings(home=folder))
        run, lease = house.ledger.open_run(REQUEST, house.holder)
        assert run.request.pipeline == "loans"
        unproven = replace(house, vault=Unproven(folder / "vault"))
        door = Door({TOKEN: somebody(Role.ENDPOINT, name="branch", pipelines=frozenset({"loans"}))})
        with hosted(build_app(Centre(house=unproven, doorkeeper=door))) as url:
            yield PublishersHome(house, lease, url)
        house.close()
