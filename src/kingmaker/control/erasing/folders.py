"""Folders of the home outside the vault: what unfinished runs have read, and the homes of replays."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import polars as pl

from kingmaker.control.erasing.held import Held, Search
from kingmaker.control.monitoring import declaration_of
from kingmaker.domain.erasure import Kept
from kingmaker.domain.errors import RunRefused
from kingmaker.loop.reading import abandon
from kingmaker.loop.replaying.lock import COMMAND
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.ports.house import House

REPLAYS: Final = "replays"


def held_workspaces(search: Search, *, whole: bool = False) -> Iterator[Held]:
    """Tables in workspaces that hold the customer; `whole`: the workspaces of the pipeline's unfinished runs, unseen."""
    house = search.house
    own = {f"run-{run.number}" for run in search.runs() if not run.state.is_over()}
    own = own if whole else set()
    for folder in sorted(house.workspace.glob("run-*")):
        if folder.name in own:
            search.looked(Kept.WORKSPACE)
            yield Held(kind=Kept.WORKSPACE, place=str(folder.relative_to(house.home)))
    declared = declaration_of(house, search.pipeline)
    for path in sorted(house.workspace.rglob("*.parquet")):
        if path.relative_to(house.workspace).parts[0] not in own:
            search.looked(Kept.WORKSPACE)
            if _holds(path, search, declared):
                yield Held(kind=Kept.WORKSPACE, place=str(path.relative_to(house.home)))


def held_replays(search: Search) -> Iterator[Held]:
    """Homes of replays in which a table holds the customer. Raises RunRefused while such a replay is under way."""
    declared = declaration_of(search.house, search.pipeline)
    for home in _replay_homes(search.house.home / REPLAYS):
        search.looked(Kept.REPLAY)
        if any(_holds(path, search, declared) for path in _tables(home)):
            refuse_under_way(home)
            yield Held(kind=Kept.REPLAY, place=str(home.relative_to(search.house.home)))


def remove_folder(house: House, held: Held) -> None:
    """A file or a whole folder, with what was left at work elsewhere."""
    path = house.home / held.place
    if held.kind is Kept.REPLAY:
        refuse_under_way(path)
    if path.is_dir():
        abandon(house.source, path)
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


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


def _tables(home: Path) -> Iterator[Path]:
    """Every table in Parquet, also in the home's vault, where files have no endings."""
    for path in sorted(home.rglob("*")):
        with suppress(OSError):
            if path.is_file() and _is_table(path):
                yield path


def _is_table(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _holds(path: Path, search: Search, declared: Pipeline) -> bool:
    """Whether the customer or one of their applications stands in a column that names them. What is torn cannot be read."""
    asked = {"_customer": search.finder.is_customer, declared.customer: search.finder.is_customer}
    asked |= {"_id": search.finder.is_application, declared.id: search.finder.is_application}
    if declared.customer is None:
        asked[declared.id] = lambda value: search.finder.is_customer(value) or search.finder.is_application(value)
    with suppress(pl.exceptions.PolarsError, OSError):
        there = pl.read_parquet_schema(path)
        names = [name for name in asked if name is not None and name in there]
        frame = pl.read_parquet(path, columns=names, memory_map=False)
        return any(asked[name](value) for name in names for value in frame[name].unique().cast(pl.String).to_list())
    return False
