"""A port that callers reach: opened, and closed without losing what was asked."""

import asyncio
import ssl
from dataclasses import dataclass

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.tokens import Tokens
from kingmaker.interfaces.endpoint.wire import Wire

BACKLOG = 2_048
"""Connections that the system may hold until the loop comes round; Linux has its own bound, often 4,096."""

GRACE = 0.5
"""Seconds for which a connection without a request stays open while leaving: a request may be on its way."""

_LOOK = 0.02


class AddressRefused(KingmakerError):
    """The system does not let the endpoint listen there."""

    code = "address_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen; port 0 lets the system choose. With `reuse_port` several processes share the port's callers."""

    host: str = "127.0.0.1"
    port: int = 8080
    reuse_port: bool = False
    tls: ssl.SSLContext | None = None

    def url(self, port: int) -> str:
        """What callers write, with the port that was opened."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{port}"


class Listener:
    """Made on a running event loop, and used there."""

    def __init__(self, address: Address, router: Router, limits: Limits, tokens: Tokens) -> None:
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._limits = limits
        self.wire = Wire(router, limits, tokens, self._loop)
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen, and say on which port. Raises AddressRefused."""
        address = self._address
        try:
            self._server = await self._loop.create_server(
                self.wire.connection,
                address.host,
                address.port,
                backlog=BACKLOG,
                reuse_port=address.reuse_port or None,
                ssl=address.tls,
                ssl_handshake_timeout=self._limits.head if address.tls else None,
            )
        except OSError as error:
            raise AddressRefused(
                f"nothing can listen there ({error.strerror or error})",
                where=f"{address.host}:{address.port}",
                remedy="Name another --host or --port; port 0 takes a free one.",
            ) from None
        self.wire.sweep()
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop accepting, answer what was asked, and close each connection with its next answer; `limits.stop` at most."""
        assert self._server is not None, "what was never opened is not closed"
        self.wire.stop()
        await asyncio.sleep(_LOOK)  # callers whom the system has accepted already are taken in
        self._server.close()
        begun = self._loop.time()
        while not self.wire.is_quiet and (waited := self._loop.time() - begun) < self._limits.stop:
            if waited > GRACE:
                self.wire.leave()
            await asyncio.sleep(_LOOK)
        self.wire.abandon()
