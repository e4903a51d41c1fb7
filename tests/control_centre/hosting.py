"""The real application behind a real server, in a thread of the tests' own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from kingmaker.interfaces.control_centre.app import let_go


class Server(uvicorn.Server):
    """Says when it listens, and lets everybody go when it leaves, as the control centre's own does."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self.app = app
        self.listens = threading.Event()

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        self.listens.set()

    async def shutdown(self, sockets=None) -> None:
        let_go(self.app)
        await super().shutdown(sockets)


@contextmanager
def hosted(app: FastAPI, *, port: int = 0) -> Iterator[str]:
    """The URL at which the application answers, for as long as the block runs."""
    config = uvicorn.Config(
        app, port=port, loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = Server(config, app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        assert server.listens.wait(20)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
