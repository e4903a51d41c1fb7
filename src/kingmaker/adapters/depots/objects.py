"""Object storage as depot: S3, what speaks its protocol, and whatever else obstore opens."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import BaseError, NotModifiedError
from obstore.store import ObjectStore, from_url

from kingmaker.adapters.depots.arriving import arrive
from kingmaker.adapters.depots.opening import opened
from kingmaker.adapters.depots.places import place_in_inbox, place_of_bundle, place_of_pointer, place_of_report
from kingmaker.adapters.depots.waiting import Waiting
from kingmaker.bundle.pointers import MAX_POINTER_BYTES
from kingmaker.domain.errors import NotFound
from kingmaker.ports.depot import DepotUnreachable, Marked
from kingmaker.sealing.keyring import Keyring

LOOK_SECONDS: Final = 1.0
"""A conditional GET each second: some 2.6 million a month, which S3 sells for about a dollar."""

PIECE_BYTES: Final = 2 << 20
"""Asked for at once: what must arrive within one request's time."""


class ObjectsDepot:
    """Plays the depot port over the objects under a URL. Credentials are the environment's or the machine's role."""

    def __init__(
        self,
        url: str,
        *,
        look_seconds: float = LOOK_SECONDS,
        allow_http: bool = False,
        keyring: Keyring | None = None,
    ) -> None:
        """`allow_http`: the storage's own endpoint (AWS_ENDPOINT_URL) may be without TLS. `keyring` opens what is sealed."""
        self._keyring = keyring
        self._url = url.rstrip("/")
        self._store = _opened(self._url, allow_http=allow_http)
        self._waiting = Waiting(look_seconds)

    def pointer(self, pipeline: str, *, known: str = "", wait: float = 0.0) -> Marked | None:
        place = place_of_pointer(pipeline)
        return self._waiting.for_news(lambda _: self._look(place, known), wait)

    def fetch(self, archive: str, size: int, into: Path) -> None:
        place = place_of_bundle(archive)
        blocks = opened(partial(self._blocks, place), size, self._keyring, f"{self._url}/{place}")
        arrive(archive, size, into, blocks)

    def leave(self, name: str, segment: Path) -> None:
        place = place_in_inbox(name)
        with self._reached(place):
            obstore.put(self._store, place, segment)

    def report(self, pipeline: str, endpoint: str, told: bytes) -> None:
        place = place_of_report(pipeline, endpoint)
        with self._reached(place):
            obstore.put(self._store, place, told)

    def stop_waiting(self) -> None:
        self._waiting.end()

    def _look(self, place: str, known: str) -> Marked | None:
        with self._reached(place):
            try:
                found = obstore.get(self._store, place, options={"if_none_match": known} if known else {})
            except NotModifiedError:
                return None
            tag = found.meta["e_tag"] or str(found.meta["last_modified"])
            return None if tag == known else Marked(_beginning(found.stream(min_chunk_size=MAX_POINTER_BYTES)), tag)

    def _blocks(self, place: str, offset: int, size: int) -> Generator[bytes, None, None]:
        """Piece by piece; the last piece asks for one byte too many, so that a longer file is found to be one."""
        while offset < size and not self._waiting.is_over:
            end = min(offset + PIECE_BYTES, size + 1)
            with self._reached(place):
                piece = bytes(obstore.get_range(self._store, place, start=offset, end=end))
            yield piece
            offset += len(piece)

    @contextmanager
    def _reached(self, place: str) -> Iterator[None]:
        where = f"{self._url}/{place}"
        try:
            yield
        except FileNotFoundError:
            raise NotFound("there is no such object", where=where, remedy="Check what was published.") from None
        except (BaseError, OSError, ValueError) as error:
            raise _unreachable(error, where) from None


def _opened(url: str, *, allow_http: bool) -> ObjectStore:
    patience = timedelta(seconds=10)
    try:
        return from_url(
            url,
            client_options={"connect_timeout": "5s", "timeout": patience, "allow_http": allow_http},
            retry_config={"max_retries": 1, "retry_timeout": patience},
        )
    except (BaseError, ValueError) as error:
        raise _unreachable(error, url) from None


def _beginning(pieces: Iterable[bytes]) -> bytes:
    """The object, or so much of it that it is seen to be no pointer."""
    read = bytearray()
    for piece in pieces:
        read += piece
        if len(read) > MAX_POINTER_BYTES:
            break
    return bytes(read)


def _unreachable(error: Exception, where: str) -> DepotUnreachable:
    """The first line: what follows is the library's account of itself."""
    told = str(error).partition("\n")[0].rstrip()
    return DepotUnreachable(f"the object storage cannot be used ({told})", where=where, remedy="It is asked again.")
