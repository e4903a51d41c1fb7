"""What commands that were killed left in the workspace: files of no run to which nobody has written for a while."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from kingmaker.ports.house import House
from kingmaker.ports.sealing import OPENED


def leftovers(house: House, *, seconds: float) -> Iterator[Path]:
    """Those that were last written to so long ago."""
    return (path for path in sorted(house.workspace.rglob("*")) if is_left(house, path, seconds=seconds))


def is_left(house: House, path: Path, *, seconds: float) -> bool:
    """A run's own files are its run's, and opened copies their vault's, which remove them themselves."""
    if path.relative_to(house.workspace).parts[0].startswith(("run-", OPENED)) or not path.is_file():
        return False
    with suppress(FileNotFoundError):
        return house.clock().timestamp() - path.stat().st_mtime > seconds
    return False


def let_go(house: House, path: Path) -> None:
    """The file, and its folders if nothing else is in them."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        while path.parent != house.workspace:
            path = path.parent
            path.rmdir()
