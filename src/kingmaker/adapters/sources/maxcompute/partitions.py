"""Which partitions of a table are read: those of the days from the window's start to the run's.

A little before the start too, where applications of those days make later ones duplicates.
"""

import re
from datetime import date
from typing import Final

from odps.models import Partition, Table

from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.domain.errors import SourceError
from kingmaker.ports.source import Reading

_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


def wanted_partitions(project: Project, table: Table, reading: Reading) -> tuple[list[Partition], int]:
    """In order of their names, and how many others there are. Raises SourceError for a partition that is no day."""
    column = project.declared.partition
    keys = [key.name for key in table.table_schema.partitions]
    if column is not None and column not in keys:
        told = f"it is partitioned by {', '.join(keys)}" if keys else "it is not partitioned"
        raise SourceError(
            f"`maxcompute.partition` names `{column}`, by which the table is not cut: {told}",
            where=f"table `{table.name}`",
            remedy="Name the partition column that holds days, or leave the key out.",
        )
    found = project.ask(lambda: list(table.partitions)) if keys else []
    kept = [one for one in found if column is None or _is_wanted(str(one.partition_spec[column]), reading, table.name)]
    return sorted(kept, key=lambda one: str(one.partition_spec)), len(found) - len(kept)


def day_of(value: str) -> date | None:
    """`20260131` and `2026-01-31`; None for anything else."""
    found = _DAY.fullmatch(value)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _is_wanted(value: str, reading: Reading, table: str) -> bool:
    day = day_of(value)
    if day is None:
        raise SourceError(
            f"the partition {value!r} is no day",
            where=f"table `{table}`",
            remedy="Days are written 20260131 or 2026-01-31; leave `maxcompute.partition` out to read every partition.",
        )
    first = reading.earliest if reading.earliest > date.min else reading.start
    last = reading.latest if reading.latest < date.max else reading.as_of
    return first <= day <= last
