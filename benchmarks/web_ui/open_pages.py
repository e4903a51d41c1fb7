"""Pages that are left open: each with the line to the server that its browser would hold, so that its timers go on."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from benchmarks.web_ui.asking import Visitor
from websockets.asyncio.client import ClientConnection, connect

_CLIENT: Final = re.compile(r"client_id\W{2,6}([0-9a-f-]{36})")
_LINE: Final = (
    "ws://127.0.0.1:{port}/_nicegui_ws/socket.io/?EIO=4&transport=websocket&client_id={client}&tab_id={tab}"
    "&document_id={document}&next_message_id=0&implicit_handshake=true"
)
_OPEN, _PING, _PONG, _CONNECT, _CONNECTED = "0", "2", "3", "40", "40"
"""Of Engine.IO 4 and Socket.IO 5."""


@dataclass(slots=True)
class Heard:
    messages: int = 0


@asynccontextmanager
async def left_open(visitor: Visitor, port: int, paths: Sequence[str]) -> AsyncIterator[Heard]:
    heard = Heard()
    lines = [await _line(visitor, port, path) for path in paths]
    tasks = [asyncio.create_task(_follow(line, heard)) for line in lines]
    try:
        yield heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for line in lines:
            await line.close()


async def _line(visitor: Visitor, port: int, path: str) -> ClientConnection:
    """The page, and its line, which the server has agreed to."""
    page = await asyncio.to_thread(visitor.asks, path)
    found = _CLIENT.search(page.body.decode())
    assert found is not None, path
    address = _LINE.format(port=port, client=found[1], tab=uuid4(), document=uuid4())
    line = await connect(address, additional_headers={"Cookie": visitor.cookie}, max_size=None)
    assert str(await line.recv()).startswith(_OPEN)
    await line.send(_CONNECT)
    answer = str(await line.recv())
    assert answer.startswith(_CONNECTED), answer
    return line


async def _follow(line: ClientConnection, heard: Heard) -> None:
    async for message in line:
        if message == _PING:
            await line.send(_PONG)
        else:
            heard.messages += 1
