"""The endpoint's own wiring: which technology plays the depot, and whose bundles are believed. Loads nothing of the loop."""

import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.folder import FolderDepot
from kingmaker.adapters.depots.http import HttpDepot
from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.domain.errors import BundleRefused, KingmakerError
from kingmaker.ports.depot import Depot, DepotUnreachable
from kingmaker.sealing.keyring import KEYRING, KEYRING_PATH, Keyring
from kingmaker.sealing.master import SETTING, MasterKeyRefused
from kingmaker.serving.source import Source

OWN_KEY = "keys/signing.key"
OWN_KEYRING = f"keys/{KEYRING}"
TRUSTED_KEYS = "keys/trusted.keys"
DEPOT_TOKEN = "KINGMAKER_DEPOT_TOKEN"  # noqa: S105 - the variable's name
AUTHORITY = "KINGMAKER_DEPOT_CA"


class NothingTrusted(KingmakerError):
    """No public key is pinned, so that no bundle could be believed."""

    code = "nothing_trusted"


def open_source(told: str, keys: Sequence[str]) -> Source:
    """What `--from` and `--key` name. Raises DepotUnreachable, NothingTrusted and BundleRefused for what cannot be meant."""
    keyring = open_keyring(told)
    return Source(open_depot(told, keyring), trusted_keys(keys, told), keyring)


def open_keyring(source: str) -> Keyring | None:
    """The one that KINGMAKER_KEYRING names, else that of a home on this machine; None where there is none.

    Raises KingmakerError when the master key does not open it: an endpoint that cannot read bundles had better not begin.
    """
    named = os.environ.get(KEYRING_PATH, "")
    path = Path(named) if named or "://" in source else Path(source) / OWN_KEYRING
    if not named and ("://" in source or not path.exists()):
        return None
    if not path.is_file():
        raise MasterKeyRefused("there is no keyring", where=str(path), remedy=f"Correct {KEYRING_PATH}.")
    keyring = Keyring(path, os.environ.get(SETTING, ""))
    keyring.state()
    return keyring


def open_depot(source: str, keyring: Keyring | None = None) -> Depot:
    """A home or a vault's folder, a server's URL, or an object storage's. Raises DepotUnreachable for a wrong one."""
    if "://" not in source:
        return FolderDepot(Path(source), keyring=keyring)
    if source.startswith(("http://", "https://")):
        authority = os.environ.get(AUTHORITY)
        site = Site(source, token=os.environ.get(DEPOT_TOKEN, ""), authority=Path(authority) if authority else None)
        return HttpDepot(site, keyring=keyring)
    return _objects(source, keyring)


def _objects(url: str, keyring: Keyring | None) -> Depot:
    """S3 and the like, whose library is an extra."""
    try:
        module = import_module("kingmaker.adapters.depots.objects")
    except ModuleNotFoundError as error:
        if error.name != "obstore":
            raise
        raise DepotUnreachable(
            "object storage needs another package", where=url, remedy="pip install 'kingmaker[objects]'"
        ) from None
    is_plain = os.environ.get("AWS_ALLOW_HTTP") == "true"
    depot: Depot = module.ObjectsDepot(url, allow_http=is_plain, keyring=keyring)
    return depot


def trusted_keys(told: Sequence[str], source: str) -> tuple[PublicKey, ...]:
    """The keys that were told, each a text or a file of texts; for a home on this machine its own and those it trusts.

    Raises NothingTrusted without any, BundleRefused naming the line that is no key.
    """
    lines = [line for one in told for line in _lines_of(one)]
    keys = tuple(_key(text, where) for text, where in lines)
    if not told and "://" not in source:
        keys = _keys_of_home(Path(source))
    if not keys:
        raise NothingTrusted(
            "no public key is pinned, so no bundle could be believed",
            where=source,
            remedy="`kingmaker keys` prints the publisher's; give it, or a file of it, to --key.",
        )
    return keys


def _keys_of_home(home: Path) -> tuple[PublicKey, ...]:
    own, listed = home / OWN_KEY, home / TRUSTED_KEYS
    first = (SigningKey.load(own).public,) if own.is_file() else ()
    return first + tuple(_key(text, where) for text, where in (_lines_of(str(listed)) if listed.is_file() else ()))


def _lines_of(told: str) -> list[tuple[str, str]]:
    """(text, where) of each key in a file, or of the one text."""
    path = Path(told)
    if ":" in told and not _is_file(path):
        return [(told, "--key")]
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise NothingTrusted(
            f"the public keys cannot be read ({error.strerror or error})",
            where=told,
            remedy="Name a text file, or the key.",
        ) from None
    return [(line.strip(), f"{told}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _is_file(path: Path) -> bool:
    """A text that is too long for a name is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _key(text: str, where: str) -> PublicKey:
    try:
        return PublicKey.of(text)
    except BundleRefused as error:
        raise BundleRefused(error.what, where=where, remedy=error.remedy) from None
