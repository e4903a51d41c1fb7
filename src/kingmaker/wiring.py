"""The only file that knows which technology plays which port."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path

from kingmaker.adapters.engines.local import LocalEngine
from kingmaker.adapters.ledgers.holders import this_process_as_holder
from kingmaker.adapters.ledgers.sql_ledger import SqlLedger
from kingmaker.adapters.messengers.places import messengers_of
from kingmaker.adapters.sources.every import EverySource
from kingmaker.adapters.sql import open_database
from kingmaker.adapters.vaults.database import DatabaseVault
from kingmaker.adapters.vaults.digests import Digesting
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.private_copies import PrivateCopies
from kingmaker.adapters.vaults.sealed import SealedVault, Shelf, digesting_of
from kingmaker.adapters.vaults.standing import StandingVault
from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.control.notifying.settings import NotifySettings
from kingmaker.domain.errors import BundleRefused, StorageFailed
from kingmaker.ports.house import DATA_FOLDER, House
from kingmaker.ports.messenger import Messenger
from kingmaker.ports.sealing import Sealing
from kingmaker.ports.vault import Vault
from kingmaker.privacy.keys import pseudonym_key
from kingmaker.sealing.keyring import KEYRING, Keyring
from kingmaker.settings import Settings

SIGNING_KEY = "signing.key"
PSEUDONYM_KEY = "pseudonym.key"
TRUSTED_KEYS = "trusted.keys"
REPLAYS = "replays"


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_house(settings: Settings) -> House:
    """Open (or make) the home folder and everything in it. Raises StorageFailed when it cannot be written."""
    home = settings.home.resolve()
    workspace, keys = home / "work", home / "keys"
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        keys.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageFailed(
            f"the home folder cannot be made ({error.strerror})", where=str(home), remedy="Choose another with --home."
        ) from error
    vault, sealing = _vault(settings, home)
    ledger = SqlLedger.open(
        settings.ledger or home / "ledger.db",
        clock=utc_now,
        lease_time=timedelta(seconds=settings.lease_seconds),
    )
    return House(
        home=home,
        workspace=workspace,
        data=_data_folder(settings, home),
        ledger=ledger,
        vault=StandingVault(vault, ledger.standing_for),
        sealing=sealing,
        source=EverySource(),
        holder=this_process_as_holder(),
        open_engine=partial(LocalEngine, settings.slots()),
        signing_key=partial(_signing_key, keys / SIGNING_KEY),
        trusted=partial(_trusted, keys),
        clock=utc_now,
        pseudonym_key=partial(pseudonym_key, settings.pseudonym_key, keys / PSEUDONYM_KEY),
        sources=settings.sources,
        retention=settings.retention,
    )


def _data_folder(settings: Settings, home: Path) -> Path:
    """As named, else as the home's control centre was last told: whoever asks for a run at the machine means the same files."""
    remembered = home / DATA_FOLDER
    if settings.data is not None:
        return settings.data.resolve()
    return Path(remembered.read_text(encoding="utf-8").strip()) if remembered.is_file() else home / "data"


def open_messengers(settings: NotifySettings) -> list[Messenger]:
    """One messenger for each place that hears notices. Raises KingmakerError for one that nobody knows."""
    return messengers_of(urls=settings.urls, webhooks=settings.webhooks, webhook_secret=settings.webhook_secret)


def _vault(settings: Settings, home: Path) -> tuple[Vault, Sealing | None]:
    """Sealed once a master key is named, and for good: a home with a keyring stores nothing plain again."""
    path = _keyring_of(home)
    if not settings.master_key and not path.exists():
        return _shelf(settings, home, hashlib.sha256), None
    keyring = Keyring(path, settings.master_key)
    vault = SealedVault(_shelf(settings, home, digesting_of(keyring)), keyring, PrivateCopies(home / "work"))
    return vault, vault


def _keyring_of(home: Path) -> Path:
    """Its own, but for the homes of replays: theirs is that of the home they lie in, so that one rewrap is for all."""
    own = home / "keys" / KEYRING
    if own.exists():
        return own
    above = next((folder.parent for folder in (home, home.parent) if folder.name == REPLAYS), home)
    return above / "keys" / KEYRING


def _shelf(settings: Settings, home: Path, digesting: Digesting) -> Shelf:
    if settings.vault == "folder":
        return FolderVault(home / "vault", digesting=digesting)
    if "://" in settings.vault:
        return _objects_vault(settings.vault, home / "vault-cache", digesting)
    database = open_database(settings.ledger or home / "ledger.db")
    return DatabaseVault(database, home / "vault-cache", digesting=digesting)


def _objects_vault(url: str, cache: Path, digesting: Digesting) -> Shelf:
    """Obstore is an extra of its own, and takes time to load."""
    try:
        module = import_module("kingmaker.adapters.vaults.objects")
        vault: Shelf = module.ObjectsVault(url, cache, digesting=digesting)
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise StorageFailed(
            "a vault on object storage needs the package obstore, which is not installed",
            where=url,
            remedy="Run pip install 'kingmaker[objects]'.",
        ) from None
    return vault


def _signing_key(path: Path) -> SigningKey:
    """The home's key, made on first use; of two processes that make it at once, both get the one that was kept."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(BundleRefused):
                return SigningKey.create(path)
        return SigningKey.load(path)
    except OSError as error:
        raise StorageFailed(
            f"the signing key can be neither read nor made ({error.strerror})",
            where=str(path),
            remedy="Correct the permissions of the folder, or free some disk space.",
        ) from error


def _trusted(keys: Path) -> tuple[PublicKey, ...]:
    """The home's own key, and those in `trusted.keys`, one public key a line: other publishers, or keys being rotated."""
    own = (_signing_key(keys / SIGNING_KEY).public,)
    listed = keys / TRUSTED_KEYS
    if not listed.exists():
        return own
    lines = enumerate(listed.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
    return own + tuple(_trusted_key(line, f"{listed}:{number}") for number, line in lines if line.strip())


def _trusted_key(line: str, where: str) -> PublicKey:
    try:
        return PublicKey.of(line)
    except BundleRefused as error:
        raise BundleRefused(error.what, where=where, remedy=error.remedy) from None
