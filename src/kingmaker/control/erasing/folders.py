"""Folders of the home outside the vault: what unfinished runs have read, and the homes of replays."""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl

from kingmaker.control.erasing.held import Held, Search
from kingmaker.control.leftovers import is_left
from kingmaker.control.monitoring import declaration_of
from kingmaker.domain.erasure import Kept
from kingmaker.domain.errors import RunRefused, StorageFailed, TamperFound
from kingmaker.loop.reading import abandon
from kingmaker.loop.replaying.lock import COMMAND
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House
from kingmaker.sealing.keyring import DataKeyUnknown
from kingmaker.sealing.stream import MAGIC, is_sealed

REPLAYS: Final = "replays"
_PARQUET: Final = b"PAR1"
_LEFT_SECONDS: Final = 3600.0
"""A file of no run that nobody has written to for this long belongs to a command that was killed."""


def held_workspaces(search: Search, *, whole: bool = False) -> Iterator[Held]:
    """Tables in workspaces that hold the customer.

    `whole`: also the workspaces of the pipeline's unfinished runs, unseen, and what a killed command left that is no table: it
    may hold anybody. Where it stays, the search tells its name.
    """
    house = search.house
    own = {f"run-{run.number}" for run in search.runs() if not run.state.is_over()}
    own = own if whole else set()
    for folder in sorted(house.workspace.glob("run-*")):
        if folder.name in own:
            search.looked(Kept.WORKSPACE)
            yield Held(kind=Kept.WORKSPACE, place=str(folder.relative_to(house.home)))
    declared = declaration_of(house, search.pipeline)
    for path in _files([one for one in house.workspace.iterdir() if one.name not in own]):
        table = _table(path, search)
        if table is not None:
            search.looked(Kept.WORKSPACE)
        elif not is_left(house, path, seconds=_LEFT_SECONDS):
            continue
        elif not whole:
            search.unreadable.append(str(path.relative_to(house.home)))
        if _holds(table, search, declared) if table is not None else whole:
            yield Held(kind=Kept.WORKSPACE, place=str(path.relative_to(house.home)))


def held_replays(search: Search) -> Iterator[Held]:
    """Homes of replays in which a table holds the customer. Raises RunRefused while such a replay is under way."""
    declared = declaration_of(search.house, search.pipeline)
    for home in _replay_homes(search.house.home / REPLAYS):
        search.looked(Kept.REPLAY)
        tables = (_table(path, search) for path in _files(_own(home)))
        if any(_holds(table, search, declared) for table in tables if table is not None):
            refuse_under_way(home)
            yield Held(kind=Kept.REPLAY, place=str(home.relative_to(search.house.home)))


def remove_folder(house: House, held: Held) -> None:
    """A file or a whole folder, with what was left at work elsewhere. Raises StorageFailed for what cannot be removed."""
    path = house.home / held.place
    if held.kind is Kept.REPLAY:
        refuse_under_way(path)
        going = _own(path)
    else:
        going = [path]
    for one in going:
        if one.is_dir():
            abandon(house.source, one)
            shutil.rmtree(one, ignore_errors=True)
        else:
            with suppress(OSError):
                one.unlink()
        if one.exists():
            raise StorageFailed(
                "what holds a customer cannot be removed",
                where=str(one),
                remedy="Correct the permissions, then erase again.",
            )
    if held.kind is Kept.REPLAY:
        with suppress(OSError):  # homes of other replays lie in it
            path.rmdir()


def refuse_under_way(home: Path) -> None:
    """Raises RunRefused while a command does one of the home's replays."""
    for lock in home.glob(f"*/{COMMAND}"):
        descriptor = os.open(lock, os.O_RDWR)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunRefused(
                "a replay that holds the customer's rows is under way",
                where=str(lock.parent),
                remedy="Wait until it ends, or cancel it; then erase again.",
            ) from None
        finally:
            os.close(descriptor)


def _replay_homes(folder: Path) -> Iterator[Path]:
    """Those of replays that were asked for lie in the folder by their numbers; the terminal's home is the folder itself."""
    if not folder.is_dir():
        return
    numbered = sorted(path for path in folder.iterdir() if path.name.isdecimal() and path.is_dir())
    yield from numbered
    if (folder / "ledger.db").exists():
        yield folder


def _own(home: Path) -> list[Path]:
    """What lies in a home of replays, but for the homes in it."""
    return sorted(path for path in home.iterdir() if not (path.name.isdecimal() and path.is_dir()))


def _files(places: Iterable[Path]) -> Iterator[Path]:
    """Of these and of all folders in them; others may remove some meanwhile."""
    for place in sorted(places):
        inside = (Path(folder) / name for folder, _, names in os.walk(place) for name in names)
        yield from (path for path in (place, *sorted(inside)) if path.is_file())


def _table(path: Path, search: Search) -> Path | bytes | None:
    """The file, if it is a table in Parquet; what it opens to, if it is a sealed one, as in the vault of a replay's home."""
    with suppress(OSError), path.open("rb") as file:
        start = file.read(len(MAGIC))
        if start.startswith(_PARQUET):
            return path
        if is_sealed(start):
            return _opened(path, search)
    return None


def _opened(path: Path, search: Search) -> bytes | None:
    """None for what is no table, and for what does not open: the search tells its name."""
    sealing = search.house.sealing
    try:
        blocks = sealing.opened_file(path) if sealing is not None else iter(())
        start = next(filter(None, blocks), b"")
        if start.startswith(_PARQUET):
            return start + b"".join(blocks)
    except (TamperFound, DataKeyUnknown):
        start = b""
    if not start:
        search.unreadable.append(str(path.relative_to(search.house.home)))
    return None


def _holds(table: Path | bytes, search: Search, declared: Pipeline) -> bool:
    """Whether the customer or one of their applications stands in a column that names them. What is torn cannot be read."""
    asked = {"_customer": search.finder.is_customer, declared.customer: search.finder.is_customer}
    asked |= {"_id": search.finder.is_application, declared.id: search.finder.is_application}
    if declared.customer is None:
        asked[declared.id] = lambda value: search.finder.is_customer(value) or search.finder.is_application(value)
    with suppress(pl.exceptions.PolarsError, OSError):
        there = pl.read_parquet_schema(table)
        names = [name for name in asked if name is not None and name in there]
        frame = pl.read_parquet(table, columns=names, memory_map=False)
        return any(asked[name](value) for name in names for value in frame[name].unique().cast(pl.String).to_list())
    return False
