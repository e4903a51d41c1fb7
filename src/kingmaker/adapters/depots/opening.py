"""Bundles that lie sealed in a vault, opened as they arrive."""

from collections.abc import Callable, Generator
from contextlib import closing

from kingmaker.adapters.depots.arriving import BlocksFrom
from kingmaker.ports.depot import DepotUnreachable
from kingmaker.sealing.keyring import KEYRING_PATH, Keyring
from kingmaker.sealing.master import SETTING
from kingmaker.sealing.stream import MAGIC, Opener, is_sealed, sealed_size

Blocks = Callable[[int, int], Generator[bytes, None, None]]
"""A stored file's bytes from an offset on, of a file that should have so many."""


def opened(blocks: Blocks, size: int, keyring: Keyring | None, where: str) -> BlocksFrom:
    """The bytes of a file of `size` bytes, sealed or not. Sealed ones come from their beginning: only chunks open.

    Raises DepotUnreachable for sealed ones without a keyring, and what the keyring raises.
    """

    def blocks_from(offset: int) -> Generator[bytes, None, None]:
        if offset and (keyring is None or not _is_sealed(blocks, size)):
            yield from blocks(offset, size)
            return
        if not offset:
            with closing(blocks(0, size)) as stored:
                start = _start_of(stored)
                if not is_sealed(start):
                    yield start
                    yield from stored
                    return
        if keyring is None:
            raise _locked(where)
        yield from _opened(blocks, size, offset, keyring, where)

    return blocks_from


def _is_sealed(blocks: Blocks, size: int) -> bool:
    with closing(blocks(0, size)) as stored:
        return is_sealed(_start_of(stored))


def _start_of(stored: Generator[bytes, None, None]) -> bytes:
    """At least as many bytes as tell whether it is sealed, where there are so many."""
    start = b""
    for block in stored:
        start += block
        if len(start) >= len(MAGIC):
            break
    return start


def _opened(blocks: Blocks, size: int, offset: int, keyring: Keyring, where: str) -> Generator[bytes, None, None]:
    opener = Opener(keyring.key_of, where=where)
    skipped = offset
    with closing(blocks(0, sealed_size(size))) as stored:
        for block in stored:
            plain = opener.update(block)
            if plain[skipped:]:
                yield plain[skipped:]
            skipped = max(0, skipped - len(plain))
    if rest := opener.finish()[skipped:]:
        yield rest


def _locked(where: str) -> DepotUnreachable:
    return DepotUnreachable(
        "the bundle is sealed, and this endpoint has no keyring",
        where=where,
        remedy=f"Let {KEYRING_PATH} name a copy of the home's keys/data.keys, and {SETTING} the master key.",
    )
