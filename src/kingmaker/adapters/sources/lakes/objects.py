"""A lake on object storage: S3 and what speaks its protocol, Alibaba OSS among them, through obstore."""

import io
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, PreconditionError, UnauthenticatedError
from obstore.store import S3Store

from kingmaker.adapters.sources.lakes.storage import Found, buffered, changed, vanished
from kingmaker.domain.errors import SourceError

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PATIENCE: Final = timedelta(seconds=60)
_REFUSED: Final = re.compile(r"status code: 40[13]\b|<Code>AccessDenied")
"""A listing that is refused is no error of its own to obstore."""
_OF_OSS: Final = {
    "access_key_id": "OSS_ACCESS_KEY_ID",
    "secret_access_key": "OSS_ACCESS_KEY_SECRET",
    "region": "OSS_REGION",
}


class ObjectStorage:
    """One bucket. Endpoint, region and keys are those of the AWS_* variables, or the machine's role."""

    def __init__(self, scheme: str, bucket: str, *, environment: Mapping[str, str] = os.environ) -> None:
        """Nothing is asked of the storage yet."""
        self.url = f"{scheme}://{bucket}"
        with _sentences(self.url):
            self._store = S3Store(
                bucket,
                **settings_of(scheme, bucket, environment),
                retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
            )

    def one(self, name: str) -> Found | None:
        try:
            with _sentences(f"{self.url}/{name}"):
                return _found(obstore.head(self._store, name))
        except FileNotFoundError:
            return None

    def below(self, folder: str) -> Iterator[Found]:
        try:
            with _sentences(f"{self.url}/{folder}".rstrip("/")):
                for page in obstore.list(self._store, prefix=folder or None):
                    yield from map(_found, page)
        except FileNotFoundError:
            return

    @contextmanager
    def opened(self, found: Found) -> Iterator[BinaryIO]:
        with buffered(_Object(self._store, self.url, found)) as file:
            yield file


class _Object(io.RawIOBase):
    """An object of one etag, a request for each read."""

    def __init__(self, store: S3Store, url: str, found: Found) -> None:
        super().__init__()
        self._store, self._url, self._found = store, url, found
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._found.size}[whence]
        return self._place

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        end = min(self._place + len(view), self._found.size)
        if end <= self._place:
            return 0
        data = self._range(self._place, end)
        view[: len(data)] = data
        self._place += len(data)
        return len(data)

    def _range(self, start: int, end: int) -> bytes:
        name = self._found.name
        try:
            with _sentences(f"{self._url}/{name}"):
                wanted = obstore.get(
                    self._store, name, options={"range": (start, end), "if_match": self._found.mark or None}
                )
                return bytes(wanted.bytes())
        except FileNotFoundError:
            raise vanished(f"{self._url}/{name}") from None
        except PreconditionError:
            raise changed(f"{self._url}/{name}") from None


def settings_of(scheme: str, bucket: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """What a store is opened with. OSS answers under the bucket's own host name; an endpoint that is an address has none."""
    named = environment.get("AWS_ENDPOINT_URL", "")
    if scheme == "oss":
        named = environment.get("OSS_ENDPOINT") or named
        if not named:
            raise SourceError(
                "nothing says where this storage is",
                where=f"oss://{bucket}",
                remedy="Set OSS_ENDPOINT, e.g. https://oss-cn-shanghai.aliyuncs.com.",
            )
    if named and "://" not in named:
        named = f"https://{named}"
    parts = urlsplit(named)
    host = parts.hostname or ""
    allowed = environment.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"}
    http = parts.scheme == "http" and (allowed or host in LOOPBACK)
    settings: dict[str, Any] = {
        "client_options": {"connect_timeout": "10s", "timeout": _PATIENCE, "allow_http": http or allowed}
    }
    if scheme == "oss" and not _is_address(host):
        own = parts.netloc if host.startswith(f"{bucket}.") else f"{bucket}.{parts.netloc}"
        settings |= {"endpoint": f"{parts.scheme}://{own}", "virtual_hosted_style_request": True}
    elif named:
        settings["endpoint"] = named
    for setting, variable in _OF_OSS.items() if scheme == "oss" else ():
        if environment.get(variable):
            settings[setting] = environment[variable]
    return settings


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def _found(meta: Any) -> Found:
    return Found(meta["path"], meta["size"], meta["e_tag"] or "")


@contextmanager
def _sentences(where: str) -> Iterator[None]:
    """Turn what the storage refuses into sentences; what is not there and what was written again is told by the caller."""
    try:
        yield
    except PreconditionError:
        raise
    except FileNotFoundError as error:
        if "NoSuchBucket" not in str(error):
            raise
        raise _no_bucket(where) from None
    except (BaseError, OSError, ValueError) as error:
        raise _as_sentence(error, where) from None


def _no_bucket(where: str) -> SourceError:
    return SourceError("the bucket does not exist", where=where, remedy="Correct `source.file`.")


def _as_sentence(error: Exception, where: str) -> SourceError:
    said = str(error)
    if "NoSuchBucket" in said:
        return _no_bucket(where)
    first = said.partition("\n")[0].rstrip(" :")
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)) or _REFUSED.search(said):
        remedy = "Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what they may do."
        return SourceError("the object storage refuses access", where=where, remedy=remedy)
    return SourceError(
        f"the object storage cannot be used ({first})",
        where=where,
        remedy="Check AWS_ENDPOINT_URL and the network, then run again.",
    )
