"""The endpoints that `kingmaker up` starts beside its control centre."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from kingmaker.control.access.bearing import digest_of, new_token
from kingmaker.control.neighbours import Neighbours
from kingmaker.domain.access import Role, Token
from kingmaker.ports.house import House
from kingmaker.sealing.keyring import KEYRING, KEYRING_PATH

STOP_SECONDS: Final = 15.0
NEIGHBOURS: Final = "endpoints of this machine"
UP: Final = "kingmaker up"


class Beside(Neighbours):
    """Endpoints that begin once the control centre they follow is there."""

    def __init__(self, house: House, host: str, first_port: int, token: str, *, json: bool) -> None:
        super().__init__(house, self._start_one, first_port)
        self._host = host
        self._token = token
        self._keys = [key.text for key in house.trusted()]
        self._form = ["--json"] if json else []
        self._url = ""
        self._keyring = _keyring_of(house)

    def follow(self, url: str) -> None:
        self._url = url

    def tick(self) -> float:
        return super().tick() if self._url else 0.1

    def _start_one(self, pipeline: str, port: int) -> "subprocess.Popen[bytes]":
        keys = [word for key in self._keys for word in ("--key", key)]
        program = [sys.executable, "-m", "kingmaker", "endpoint", "--pipeline", pipeline, "--from", self._url]
        place = ["--host", self._host, "--port", str(port), "--name", f"up-{pipeline}"[:60], "--with-parent"]
        return subprocess.Popen(  # noqa: S603 - our own program; the names were checked when they were declared
            [*program, *place, *keys, *self._form],
            stdin=subprocess.PIPE,
            env={**os.environ, "KINGMAKER_DEPOT_TOKEN": self._token, **self._keyring},
            start_new_session=True,
        )


def _keyring_of(house: House) -> dict[str, str]:
    """What names the keyring to an endpoint, once it is there. Raises KingmakerError when it does not open."""
    if house.sealing is None:
        return {}
    house.sealing.state()
    return {KEYRING_PATH: str(house.home / "keys" / KEYRING)}


@contextmanager
def neighbours(house: House, host: str, first_port: int | None, *, json: bool) -> Iterator[list[Beside]]:
    """The endpoints of `up`, with a token of their own that ends with it."""
    if first_port is None:
        yield []
        return
    token, secret = _token_of_neighbours(house)
    beside = Beside(house, host, first_port, secret, json=json)
    try:
        yield [beside]
    finally:
        beside.stop(STOP_SECONDS)
        house.ledger.revoke_token(token.id, by=UP, why="It has ended.")


def _token_of_neighbours(house: House) -> tuple[Token, str]:
    """One that an earlier `up` could not end, because it was killed, ends now."""
    for left in house.ledger.tokens():
        if left.name == NEIGHBOURS and left.revoked_at is None:
            house.ledger.revoke_token(left.id, by=UP, why="Its process is gone.")
    made = new_token(NEIGHBOURS, Role.ENDPOINT, pipelines=None, lifetime=None, made_by=UP, now=house.clock())
    house.ledger.add_token(made.token, digest=digest_of(made.secret))
    return made.token, made.secret
