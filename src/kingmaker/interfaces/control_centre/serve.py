"""The control centre as a process: listens, does its duties, and leaves in order when it is told to."""

import gc
import logging
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ssl import SSLContext
from typing import TYPE_CHECKING, Final

import uvicorn

from kingmaker.control.duties import Duties
from kingmaker.interfaces.control_centre.app import let_go
from kingmaker.interfaces.endpoint.listening import AddressRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

_LOG = logging.getLogger(__name__)

MOST_FILES: Final = 65_536
STOP_SECONDS: Final = 5
"""How long answers that are under way may take when the process leaves; whoever waits for news is told to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the control centre listens; port 0 takes a free one."""

    host: str
    port: int
    tls: SSLContext | None = None

    def url(self, port: int) -> str:
        """What callers write: an address that listens everywhere is reached on this machine by its name."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return f"{'https' if self.tls else 'http'}://{bracketed}:{port}"


def serve(
    app: "FastAPI", site: Site, duties: Duties, *, told: Callable[[str], None], stop_seconds: float = 20.0
) -> None:
    """Serve until SIGINT or SIGTERM, then let the duties end. `told` hears the URL once callers are answered.

    Raises AddressRefused.
    """
    _allow_many_connections()
    with _listening(site) as sock, _terminated_gently():
        url = site.url(int(sock.getsockname()[1]))
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="websockets-sansio",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=STOP_SECONDS,
            timeout_keep_alive=75,
            ssl_context_factory=(lambda _config, _default: site.tls) if site.tls else None,  # type: ignore[arg-type,return-value]
        )
        duties.start()
        try:
            _Server(config, lambda: told(url), partial(let_go, app)).run(sockets=[sock])
        finally:
            duties.stop(stop_seconds)


class _Server(uvicorn.Server):
    """Says when it has started, and when it is about to wait for the answers that are under way."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None], leaving: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_started = started
        self._say_leaving = leaving

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.freeze()  # what was loaded stays: a full collection would walk it for tenths of a second while callers wait
        self._say_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._say_leaving()
        await super().shutdown(sockets)


def _allow_many_connections() -> None:
    """Each endpoint that waits holds one; systems often allow 1,024 unless they are asked for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _listening(site: Site) -> "Iterator[socket.socket]":
    try:
        family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
        sock = socket.create_server((site.host, site.port), family=family, backlog=2048)
    except OSError as error:
        raise AddressRefused(
            f"nothing can listen there ({error.strerror or error})",
            where=f"{site.host}:{site.port}",
            remedy="Name another --host or --port; port 0 takes a free one.",
        ) from None
    with sock:
        yield sock


@contextmanager
def _terminated_gently() -> "Iterator[None]":
    """The server raises the signal that ended it once more when it is done: SIGTERM must not kill the duties then."""
    before = signal.signal(signal.SIGTERM, lambda _signal, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
