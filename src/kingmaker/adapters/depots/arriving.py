"""A file of known digest and size that arrives in blocks, and goes on where it stopped."""

from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from kingmaker.adapters.vaults.digests import digest_of
from kingmaker.domain.errors import StorageFailed, TamperFound
from kingmaker.ports.depot import DepotUnreachable

BlocksFrom = Callable[[int], Generator[bytes, None, None]]
"""The file's bytes from an offset on. Raises KingmakerError only."""


def arrive(archive: str, size: int, into: Path, blocks_from: BlocksFrom) -> None:
    """Complete `into`, and prove it by its digest; a part that turns out to be no part of it is fetched anew, once.

    Raises DepotUnreachable, and keeps the part, when the blocks end early; TamperFound, and removes it, for other bytes or
    more of them; StorageFailed when the disk refuses.
    """
    try:
        resumed = _held(into, size) > 0
        _append(size, into, blocks_from)
        if digest_of(into) == archive:
            return
        into.unlink()
    except OSError as error:
        raise StorageFailed(
            f"the bundle cannot be written ({error.strerror or error})",
            where=str(into),
            remedy="Make room, or name another cache.",
        ) from error
    if not resumed:
        raise _tampered(archive, "the file is not what its digest names")
    arrive(archive, size, into, blocks_from)


def _append(size: int, into: Path, blocks_from: BlocksFrom) -> None:
    written = _held(into, size)
    if written == size:
        return
    with into.open("ab") as file, closing(blocks_from(written)) as blocks:
        for block in _sound(blocks, into):
            written += len(block)
            if written > size:
                into.unlink()
                raise _tampered(into.name, f"the file is longer than the {size:,} bytes that the pointer names")
            file.write(block)
            file.flush()  # so that a killed process goes on from here
    if written < size:
        raise DepotUnreachable(
            f"the file ended after {written:,} of {size:,} bytes",
            where=into.name,
            remedy="The rest is asked for again.",
        )


def _sound(blocks: Generator[bytes, None, None], into: Path) -> Generator[bytes, None, None]:
    """A part of what does not open is worth nothing."""
    try:
        yield from blocks
    except TamperFound:
        into.unlink(missing_ok=True)
        raise


def _held(into: Path, size: int) -> int:
    """How many bytes of the file are there; a part that is longer than the whole is removed."""
    if not into.exists():
        return 0
    held = into.stat().st_size
    if held <= size:
        return held
    into.unlink()
    return 0


def _tampered(where: str, what: str) -> TamperFound:
    return TamperFound(what, where=where, remedy="Restore the file in the vault, or publish the version again.")
