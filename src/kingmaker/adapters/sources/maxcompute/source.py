"""MaxCompute as a source: the tasks run there, and their table comes down in parts."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
import pyarrow.parquet as pq
import requests
from odps.errors import BaseODPSError, NoSuchObject
from urllib3.exceptions import HTTPError

from kingmaker.adapters.sources.maxcompute.download import bring_down
from kingmaker.adapters.sources.maxcompute.flow import run_tasks
from kingmaker.adapters.sources.maxcompute.instances import NOTHING_TO_DO, stop
from kingmaker.adapters.sources.maxcompute.joined import join_down
from kingmaker.adapters.sources.maxcompute.pace import Pace
from kingmaker.adapters.sources.maxcompute.project import Project, opened
from kingmaker.adapters.sources.maxcompute.record import flow_of
from kingmaker.adapters.sources.maxcompute.tunnel import CutShortError
from kingmaker.adapters.sources.maxcompute.words import refused
from kingmaker.domain.errors import KingmakerError, SourceError
from kingmaker.pipeline.source import MaxCompute
from kingmaker.ports.source import Extracted, Reading

_LOG = logging.getLogger(__name__)
_ABANDON_SECONDS: Final = 10.0
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class MaxComputeSource:
    """Plays the port `Source`. Stateless between calls: what must be known again stands in the reading's folder."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()

    def fingerprint(self, reading: Reading) -> str:
        """Of the declaration and the occasion: rows of a warehouse may have changed since the last one."""
        facts = (reading.declaration.model_dump(mode="json"), reading.occasion)
        return hashlib.sha256(msgspec.json.encode(facts)).hexdigest()

    def extract(self, reading: Reading, destination: Path, told: Callable[[str], None]) -> Extracted:
        """Run the tasks that are not done yet, and read what is not here yet. An interrupt leaves a running instance alone:
        whoever goes on finds it again, and `abandon` stops it.
        """
        declared = _declared(reading)
        reading.mask.prepare()
        told(f"opening MaxCompute project {declared.project}")
        with _in_our_words(reading), opened(declared, self._pace, told) as project:
            tasks = run_tasks(project, reading, destination, told)
            table = _table(reading)
            _check_masked(project, table, reading)
            parts = bring_down(project, table, reading, destination, told)
            if reading.declaration.joins:
                parts = (join_down(project, parts, reading, destination, told),)
        rows = _rows(parts)
        if rows == 0:
            raise SourceError(
                "the table holds no rows",
                where=f"table `{table}`",
                remedy="Check the tasks' conditions and the window.",
            )
        told(f"{rows:,} rows read")
        return Extracted(parts=parts, rows=rows, tasks=tasks)

    def abandon(self, destination: Path) -> None:
        """Stop the instance that a reading into this folder left at work, if there is one and the service can be reached."""
        flow = flow_of(destination)
        left = flow.unfinished if flow else None
        if flow is None or left is None:
            return
        pace = replace(self._pace, patience=min(self._pace.patience, _ABANDON_SECONDS), answer=int(_ABANDON_SECONDS))
        try:
            with opened(MaxCompute.model_validate(flow.maxcompute), pace, _LOG.info) as project:
                # Where nobody noted the answer, the service is asked again, by the same name but for nothing: it answers
                # the instance that there is, or one that is over at once, and the statement can begin no more.
                number = left.instance or project.submit(NOTHING_TO_DO, asked=left.asked)
                if stop(project, number):
                    _LOG.info("task %s: instance %s was stopped", left.name, number)
        except (KingmakerError, BaseODPSError, OSError, HTTPError) as error:
            what = error.sentence() if isinstance(error, KingmakerError) else type(error).__name__
            _LOG.warning("task %s: instance %s could not be stopped: %s", left.name, left.instance or "unknown", what)


def _declared(reading: Reading) -> MaxCompute:
    declared = reading.declaration.maxcompute
    if declared is None:
        raise SourceError("no project of MaxCompute is declared", where=reading.declaration.told)
    if reading.declaration.table is None and not reading.declaration.tasks:
        raise SourceError(
            "neither a table nor a task is declared", where=reading.declaration.told, remedy="Name `source.table`."
        )
    for url in filter(None, (declared.endpoint, declared.tunnel)):
        _check_address(url)
    return declared


def _check_address(url: str) -> None:
    """Rows of customers go over no network in the clear."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise SourceError(
            "the address of MaxCompute does not begin with https://",
            where=url,
            remedy="Its endpoints speak both, in a VPC too: write https://.",
        )


def _table(reading: Reading) -> str:
    return reading.declaration.table or "loans"


def _check_masked(project: Project, table: str, reading: Reading) -> None:
    """Raises SourceError when a table is not there, or a column to be masked is in none of them."""
    names: list[str] = []
    for one in (table, *(join.table for join in reading.declaration.joins)):
        try:
            names += [column.name for column in project.table(one).table_schema.columns]
        except NoSuchObject as error:
            raise _no_table(reading, one) from error
    reading.mask.check(list(dict.fromkeys(names)), reading.declaration.told)


def _no_table(reading: Reading, table: str) -> SourceError:
    made = reading.declaration.tasks and table == _table(reading)
    what = f"the tasks made no table `{table}`" if made else f"there is no table `{table}`"
    remedy = (
        "Create it in the last task, or name the one that it makes in `source.table`." if made else "Check its name."
    )
    return SourceError(what, where=reading.declaration.told, remedy=remedy)


def _rows(parts: tuple[Path, ...]) -> int:
    return sum(pq.read_metadata(part).num_rows for part in parts)


@contextmanager
def _in_our_words(reading: Reading) -> Iterator[None]:
    try:
        yield
    except (BaseODPSError, requests.RequestException, HTTPError, CutShortError) as error:
        raise refused(error, reading.mask, reading.declaration.told) from None
