"""A control centre as depot, or any server of static files over a vault's folder."""

import hashlib
from collections.abc import Generator
from functools import partial
from http import HTTPStatus
from http.client import HTTPResponse
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from kingmaker.adapters.depots.answers import Site
from kingmaker.adapters.depots.arriving import arrive
from kingmaker.adapters.depots.opening import opened
from kingmaker.adapters.depots.places import place_in_inbox, place_of_bundle, place_of_pointer, place_of_report
from kingmaker.adapters.depots.waiting import Waiting
from kingmaker.adapters.vaults.digests import BLOCK_BYTES
from kingmaker.bundle.pointers import MAX_POINTER_BYTES
from kingmaker.domain.errors import NotFound
from kingmaker.ports.depot import DepotRefused, DepotUnreachable, Marked
from kingmaker.sealing.keyring import Keyring

LOOK_SECONDS: Final = 1.0
"""How often a server is asked that does not wait for news itself."""

GRACE_SECONDS: Final = 30.0
SLOWEST_BYTES_A_SECOND: Final = 32 * 1024
"""A transfer that takes longer than the grace and this pace is broken off; the next one goes on where it stopped."""

PROBLEM: Final = "application/problem+json"
MAX_PROBLEM_BYTES: Final = 16 << 10
_OWN = "sha256:"


class HttpDepot:
    """Plays the depot port. Uses If-None-Match and `Prefer: wait` (RFC 7240) where the server knows them."""

    def __init__(
        self,
        site: Site,
        *,
        look_seconds: float = LOOK_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        keyring: Keyring | None = None,
    ) -> None:
        """`keyring` opens bundles that a server of static files has sealed; a control centre opens them itself."""
        self._site = site
        self._keyring = keyring
        self._waiting = Waiting(look_seconds)
        self._grace = grace_seconds

    def pointer(self, pipeline: str, *, known: str = "", wait: float = 0.0) -> Marked | None:
        place = place_of_pointer(pipeline)
        return self._waiting.for_news(lambda seconds: self._look(place, known, seconds), wait)

    def fetch(self, archive: str, size: int, into: Path) -> None:
        place = place_of_bundle(archive)
        arrive(archive, size, into, opened(partial(self._blocks, place), size, self._keyring, self._where(place)))

    def leave(self, name: str, segment: Path) -> None:
        try:
            content = segment.open("rb")
        except OSError as error:
            raise NotFound(f"there is no such segment ({error.strerror or error})", where=str(segment)) from None
        with content:
            self._put(place_in_inbox(name), content, segment.stat().st_size)

    def report(self, pipeline: str, endpoint: str, told: bytes) -> None:
        self._put(place_of_report(pipeline, endpoint), told, len(told))

    def stop_waiting(self) -> None:
        self._waiting.end()
        self._site.break_off()

    def _look(self, place: str, known: str, seconds: float) -> Marked | None:
        headers = {"Prefer": f"wait={round(seconds)}"} if round(seconds) else {}
        if known and not known.startswith(_OWN):
            headers["If-None-Match"] = known
        with self._site.got(place, seconds=seconds + self._grace, headers=headers, waits=seconds) as answer:
            if answer.status == 304:
                return None
            self._expect_file(answer, place)
            data = answer.read(MAX_POINTER_BYTES + 1)
            if answer.length and len(data) <= MAX_POINTER_BYTES:
                raise self._unreachable("the answer ended early", place)
            tag = answer.headers.get("ETag") or _OWN + hashlib.sha256(data).hexdigest()
            return None if tag == known else Marked(data, tag)

    def _blocks(self, place: str, offset: int, size: int) -> Generator[bytes, None, None]:
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        with self._site.got(place, seconds=self._time_for(size), headers=headers) as answer:
            if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                return
            self._expect_file(answer, place)
            skipped = 0 if answer.status == HTTPStatus.PARTIAL_CONTENT else offset
            while block := answer.read1(BLOCK_BYTES):
                kept = block[skipped:]
                skipped -= len(block) - len(kept)
                if kept:
                    yield kept

    def _put(self, place: str, content: bytes | BinaryIO, size: int) -> None:
        with self._site.put(place, content, size, seconds=self._time_for(size)) as answer:
            if answer.status in _FINAL:
                raise DepotRefused(_told(answer), where=self._where(place), remedy="Others may be taken.")
            if answer.status not in {200, 201, 202, 204}:
                raise self._unanswered(answer, place)

    def _time_for(self, size: int) -> float:
        return self._grace + size / SLOWEST_BYTES_A_SECOND

    def _expect_file(self, answer: HTTPResponse, place: str) -> None:
        if answer.status in {404, 410}:
            raise NotFound("the server has no such file", where=self._where(place), remedy="Check what was published.")
        if answer.status not in {200, 206}:
            raise self._unanswered(answer, place)

    def _unanswered(self, answer: HTTPResponse, place: str) -> DepotUnreachable:
        return self._unreachable(_told(answer), place, _REMEDIES.get(answer.status, ""))

    def _unreachable(self, what: str, place: str, remedy: str = "") -> DepotUnreachable:
        return DepotUnreachable(what, where=self._where(place), remedy=remedy or "It is asked again.")

    def _where(self, place: str) -> str:
        return f"{self._site.base}/{place}"


class _Problem(msgspec.Struct):
    detail: str = ""


def _told(answer: HTTPResponse) -> str:
    """Its status, and what a control centre says of it (RFC 9457)."""
    said = f"the server answers {answer.status} {answer.reason[:80]}"
    if answer.headers.get_content_type() != PROBLEM:
        return said
    try:
        problem = msgspec.json.decode(answer.read(MAX_PROBLEM_BYTES), type=_Problem)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return said
    return f"{said}: {problem.detail[:200]}" if problem.detail else said


_FINAL = frozenset({HTTPStatus.CONFLICT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
_READ_ONLY = "It takes no files: a server of static files is only read."
_REMEDIES = {
    401: "Name its token.",
    403: "Name a token that may do this.",
    404: _READ_ONLY,
    405: _READ_ONLY,
    501: _READ_ONLY,
}
