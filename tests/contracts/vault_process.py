"""A process of its own that puts a file into a vault: `vault_process.py KIND FOLDER VERB PATH`."""

import os
import sys
from pathlib import Path

from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.database import DatabaseVault
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.objects import ObjectsVault
from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.vault import Vault

BUCKET_VARIABLE = "KINGMAKER_TEST_BUCKET"


def open_vault(kind: str, folder: Path) -> Vault:
    if kind == "folder":
        return FolderVault(folder)
    if kind == "objects":
        return ObjectsVault(f"{os.environ[BUCKET_VARIABLE]}/{folder.parent.name}", folder / "cache")
    return DatabaseVault(open_database(folder / "ledger.db"), folder / "cache")


def main(kind: str, folder: str, verb: str, path: str) -> None:
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
