"""What is sent to us: onto the disk as it arrives, within its bounds, and gone again unless somebody kept it."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from kingmaker.domain.errors import KingmakerError, StorageFailed

SILENCE_SECONDS: Final = 30.0
"""How long a sender may say nothing in the middle."""

_WRITE_BYTES: Final = 1 << 20
FOLDER: Final = "arriving"


class TooLarge(KingmakerError):
    """More was sent than is taken at once."""

    code = "too_large"


class Unfinished(KingmakerError):
    """The sender fell silent, or broke off, before everything was there."""

    code = "upload_unfinished"


async def pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises TooLarge, before a byte is read where the sender says how many come; Unfinished."""
    _check(int(request.headers.get("content-length") or 0), most)
    arrived, stream = 0, request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                piece = await anext(stream, None)
        except (TimeoutError, ClientDisconnect):
            raise Unfinished(f"nothing came any more after {arrived:,} bytes", remedy="Send it again.") from None
        if piece is None:
            return
        arrived += len(piece)
        _check(arrived, most)
        yield piece


async def body_of(request: Request, most: int) -> bytes:
    """A small body, in memory."""
    return b"".join([piece async for piece in pieces(request, most)])


@asynccontextmanager
async def arriving(request: Request, workspace: Path, most: int) -> AsyncIterator[Path]:
    """A large body as a file that is there while the block runs."""
    async with new_file(workspace) as path:
        await _write(path, pieces(request, most))
        yield path


@asynccontextmanager
async def new_file(workspace: Path) -> AsyncIterator[Path]:
    """An empty file of this process alone, gone afterwards. Raises StorageFailed."""
    path = await asyncio.to_thread(_made, workspace / FOLDER)
    try:
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


async def _write(path: Path, sent: AsyncIterator[bytes]) -> None:
    """A mebibyte at a time, so that the event loop never waits for the disk."""
    waiting = bytearray()
    async for piece in sent:
        waiting += piece
        if len(waiting) >= _WRITE_BYTES:
            await asyncio.to_thread(_append, path, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(_append, path, bytes(waiting))


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)
    except OSError as error:
        raise _refused(error, folder) from None
    os.close(descriptor)
    return Path(name)


def _append(path: Path, data: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        raise _refused(error, path) from None


def _refused(error: OSError, where: Path) -> StorageFailed:
    return StorageFailed(
        f"what was sent cannot be written ({error.strerror or error})", where=where.name, remedy="Send it again later."
    )


def _check(size: int, most: int) -> None:
    if size > most:
        raise TooLarge(f"at most {most:,} bytes are taken at once", remedy="Send less, in several files.")
