"""A process of its own that puts a file into a vault: `vault_process.py KIND FOLDER VERB PATH`."""

import hashlib
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.database import DatabaseVault
from kingmaker.adapters.vaults.digests import Digesting
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.objects import ObjectsVault
from kingmaker.adapters.vaults.private_copies import PrivateCopies
from kingmaker.adapters.vaults.sealed import SealedVault, Shelf, digesting_of
from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.vault import Vault
from kingmaker.sealing.keyring import Keyring

BUCKET_VARIABLE = "KINGMAKER_TEST_BUCKET"
DATABASE_VARIABLE = "KINGMAKER_TEST_DATABASE"
MASTER_VARIABLE = "KINGMAKER_TEST_MASTER_KEY"


SEALED = "sealed "
"""What the kind of a vault begins with that seals what another kind keeps."""


def open_vault(kind: str, folder: Path, now: Callable[[], float] = time.time) -> Vault:
    if not kind.startswith(SEALED):
        return open_shelf(kind, folder, now, hashlib.sha256)
    keyring = Keyring(folder.parent / "keys" / "data.keys", f"env:{MASTER_VARIABLE}")
    shelf = open_shelf(kind.removeprefix(SEALED), folder, now, digesting_of(keyring))
    return SealedVault(shelf, keyring, PrivateCopies(folder.parent / "work"))


def open_shelf(kind: str, folder: Path, now: Callable[[], float], digesting: Digesting) -> Shelf:
    if kind == "folder":
        return FolderVault(folder, now=now, digesting=digesting)
    if kind == "objects":
        url = f"{os.environ[BUCKET_VARIABLE]}/{folder.parent.name}"
        return ObjectsVault(url, folder / "cache", now=now, digesting=digesting)
    address = os.environ[DATABASE_VARIABLE] if kind == "postgres" else folder / "ledger.db"
    return DatabaseVault(open_database(address), folder / "cache", now=now, digesting=digesting)


@dataclass
class SetClock:
    """A clock that is set by hand."""

    now: float

    def __call__(self) -> float:
        return self.now


def remove_forever(kind: str, folder: Path, digest: str) -> None:
    """Sets its clock to each number it reads, and removes the file."""
    clock = SetClock(time.time())
    vault = open_vault(kind, folder, clock)
    print("ready", flush=True)
    for line in sys.stdin:
        clock.now = float(line)
        print(vault.remove(digest), flush=True)


def main(kind: str, folder: str, verb: str, path: str) -> None:
    if verb == "remove forever":
        remove_forever(kind, Path(folder), path)
        return
    vault = open_vault(kind, Path(folder))
    print("ready", flush=True)
    sys.stdin.readline()
    if verb == "put forever":
        print("putting", flush=True)
    try:
        print(vault.put(Path(path)), flush=True)
    except KingmakerError as error:
        print(error.code, flush=True)
    if verb == "put forever":
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
