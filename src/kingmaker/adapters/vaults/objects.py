"""Object storage as vault: S3, what speaks its protocol, and whatever else obstore opens; laid out as the folder is."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import ObjectStore, from_url

from kingmaker.adapters.vaults.ages import is_removable, is_young
from kingmaker.adapters.vaults.digests import Digesting, is_digest
from kingmaker.adapters.vaults.folder import FolderVault
from kingmaker.adapters.vaults.names import check_name, check_prefix, is_name
from kingmaker.adapters.vaults.remembered import AT_ONCE, Remembered
from kingmaker.domain.errors import NotFound, StorageFailed, TamperFound

if TYPE_CHECKING:  # only its stubs have it
    from obstore import ObjectMeta

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
PIECE_BYTES: Final = 8 << 20
_PATIENCE: Final = timedelta(seconds=60)
_SHELF_DIGITS: Final = 2


class ObjectsVault:
    """Objects under a URL, with a folder of verified copies on this machine.

    What is put goes to the copies first, so that what is uploaded is what its digest was taken of. An upload is there whole
    or not at all. Endpoint, region and keys are those of the AWS_* variables, or the machine's role.
    """

    def __init__(
        self,
        url: str,
        cache: Path,
        *,
        environment: Mapping[str, str] = os.environ,
        now: Callable[[], float] = time.time,
        digesting: Digesting = hashlib.sha256,
    ) -> None:
        """Nothing is asked of the storage yet. Raises StorageFailed for a URL that obstore does not know."""
        self._url = url.rstrip("/")
        self._now = now
        with _storage(self._url):
            self._store = _opened(self._url, environment)
        self._cache = FolderVault(cache, digesting=digesting)
        self._documents = Remembered()

    def put(self, path: Path) -> str:
        """Copy a file in and return its digest. Raises NotFound when there is no such file."""
        return self._upload(self._cache.put(path))

    def put_bytes(self, data: bytes) -> str:
        return self._upload(self._cache.put_bytes(data))

    def put_blocks(self, blocks: Iterable[bytes], *, over: bool = False) -> str:
        """Store bytes that come in blocks; `over` what is there too, where other bytes have the same digest."""
        digest = self._cache.put_blocks(blocks, over=over)
        return self._send(digest) if over else self._upload(digest)

    def fetch(self, digest: str) -> Path:
        """The copy on this machine; one that is missing or damaged is fetched again."""
        try:
            return self._cache.fetch(digest)
        except (NotFound, TamperFound):
            if not is_digest(digest):
                raise
            self._cache.put_blocks(self._pieces(_place(digest)), expected=digest)
        return self._cache.fetch(digest)

    def read(self, digest: str) -> bytes:
        return self.fetch(digest).read_bytes()

    def prove(self, digest: str) -> None:
        self.fetch(digest)

    def has(self, digest: str) -> bool:
        return self._found(digest) is not None

    def renew(self, digest: str) -> bool:
        found = self._found(digest)
        if found is not None and not is_young(self._age(found)):
            self.fetch(digest)
            self._upload(digest)
        return found is not None

    def remove(self, digest: str, *, dry: bool = False) -> int | None:
        """The storage removes on no condition: what is put again in the moment between asking and removing is lost."""
        found = self._found(digest)
        if found is None or not is_removable(self._age(found)):
            return None
        if not dry:
            with self._reached(_place(digest)):
                obstore.delete(self._store, _place(digest))
            self._cache.discard(digest)
        return found["size"]

    def discard(self, digest: str) -> None:
        if self._found(digest) is not None:
            with self._reached(_place(digest)):
                obstore.delete(self._store, _place(digest))
        self._cache.discard(digest)

    def digests(self) -> Iterator[str]:
        """In ascending order, as they were at the call's first step."""
        found = (place.replace("/", "", 1) for place in self._places("") if place.find("/") == _SHELF_DIGITS)
        yield from sorted(digest for digest in found if is_digest(digest))

    def name(self, name: str, data: bytes) -> None:
        with self._reached(check_name(name)):
            obstore.put(self._store, name, data)

    def named(self, name: str) -> bytes | None:
        try:
            with self._reached(check_name(name)):
                return bytes(obstore.get(self._store, name).bytes())
        except NotFound:
            return None

    def names(self, prefix: str) -> list[str]:
        found = self._places(check_prefix(prefix).rpartition("/")[0])
        return sorted(name for name in found if name.startswith(prefix) and is_name(name))

    def documents(self, prefix: str) -> dict[str, bytes]:
        """What the storage lists under the tag that it had when it was last read is not read again."""
        listed = self._listed(check_prefix(prefix).rpartition("/")[0])
        found = {one["path"]: one["e_tag"] for one in listed if one["path"].startswith(prefix)}
        stamps = {name: tag for name, tag in found.items() if is_name(name)}
        return self._documents.documents(stamps, self.named, at_once=AT_ONCE)

    def _found(self, digest: str) -> "ObjectMeta | None":
        if not is_digest(digest):
            return None
        try:
            with self._reached(_place(digest)):
                return obstore.head(self._store, _place(digest))
        except NotFound:
            return None

    def _age(self, found: "ObjectMeta") -> float:
        return self._now() - found["last_modified"].timestamp()

    def _upload(self, digest: str) -> str:
        """What lies there, and is old, is uploaded again, so that nobody removes it meanwhile."""
        found = self._found(digest)
        return self._send(digest) if found is None or not is_young(self._age(found)) else digest

    def _send(self, digest: str) -> str:
        with self._reached(_place(digest)):
            obstore.put(self._store, _place(digest), self._cache.fetch(digest))
        return digest

    def _pieces(self, place: str) -> Iterator[bytes]:
        """Each a request of its own, so that a large file on a slow line is not cut off."""
        with self._reached(place):
            size = obstore.head(self._store, place)["size"]
        for start in range(0, size, PIECE_BYTES):
            with self._reached(place):
                piece = bytes(obstore.get_range(self._store, place, start=start, end=min(start + PIECE_BYTES, size)))
            yield piece

    def _places(self, folder: str) -> list[str]:
        return [one["path"] for one in self._listed(folder)]

    def _listed(self, folder: str) -> "list[ObjectMeta]":
        with self._reached(folder):
            pages = obstore.list(self._store, prefix=folder or None)
            return [one for page in pages for one in page]

    @contextmanager
    def _reached(self, place: str) -> Iterator[None]:
        with _storage(f"{self._url}/{place}"):
            yield


def _place(digest: str) -> str:
    return f"{digest[:_SHELF_DIGITS]}/{digest[_SHELF_DIGITS:]}"


def _opened(url: str, environment: Mapping[str, str]) -> ObjectStore:
    endpoint = urlsplit(environment.get("AWS_ENDPOINT_URL", ""))
    is_local = endpoint.scheme == "http" and endpoint.hostname in LOOPBACK
    is_allowed = environment.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"}
    return from_url(
        url,
        client_options={"connect_timeout": "10s", "timeout": _PATIENCE, "allow_http": is_local or is_allowed},
        retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
    )


@contextmanager
def _storage(where: str) -> Iterator[None]:
    """Turn what the storage refuses into sentences."""
    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        raise _as_sentence(error, where) from None


def _as_sentence(error: Exception, where: str) -> NotFound | StorageFailed:
    said = str(error).partition("\n")[0].rstrip(" :")  # what follows is the library's account of itself
    if "NoSuchBucket" in str(error):
        return StorageFailed("The bucket does not exist", where=where, remedy="Make it, or name another.")
    if isinstance(error, FileNotFoundError):
        return NotFound("Nothing is stored under this name", where=where)
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        remedy = "Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what they may do."
        return StorageFailed(f"The object storage refuses access ({said})", where=where, remedy=remedy)
    remedy = "Check KINGMAKER_VAULT, AWS_ENDPOINT_URL and the network, then run again."
    return StorageFailed(f"The object storage cannot be used ({said})", where=where, remedy=remedy)
