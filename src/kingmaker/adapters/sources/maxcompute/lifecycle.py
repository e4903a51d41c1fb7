"""The tables that tasks made go by themselves: each is given a lifecycle, unless its own statement says one."""

import re
from datetime import timedelta
from typing import Final

from odps.errors import NoSuchObject

from kingmaker.adapters.sources.maxcompute.instances import Errand, follow
from kingmaker.adapters.sources.maxcompute.project import Project
from kingmaker.adapters.sources.maxcompute.record import asked_of
from kingmaker.pipeline.sql_text import pieces
from kingmaker.ports.source import Reading

_NAME: Final = r"(`?\w+`?(?:\.`?\w+`?){0,2})"
_CREATE: Final = re.compile(rf"\bcreate\s+(?:or\s+replace\s+)?table\s+(?:if\s+not\s+exists\s+)?{_NAME}", re.IGNORECASE)
_LIFECYCLE: Final = re.compile(r"\blifecycle\s+\d+", re.IGNORECASE)
_CLOCKS: Final = timedelta(seconds=2)
"""The service tells moments to the second."""


def tables_made(sql: str) -> list[str]:
    """The tables that the script creates without saying how long they are kept."""
    kept = (text for kind, text in pieces(sql, escapes=True) if kind == "code" or text.startswith("`"))
    statements = " ".join(kept).replace("` .", "`.").replace(". `", ".`").split(";")
    found = [
        made[1].replace("`", "") for one in statements if not _LIFECYCLE.search(one) for made in _CREATE.finditer(one)
    ]
    return list(dict.fromkeys(found))


def give_lifecycle(project: Project, reading: Reading, table: str, *, since: str) -> None:
    """Only to a table that is no older than the instance `since`: one that stood there before belongs to somebody."""
    try:
        made = project.table(table)
    except NoSuchObject:  # a later statement of the same script dropped it
        return
    instance = project.instance(since)
    project.ask(instance.reload)
    days = project.declared.lifecycle
    if made.lifecycle == days or made.creation_time < instance.start_time - _CLOCKS:
        return
    errand = Errand(f"lifecycle of {table}", f"ALTER TABLE {table} SET LIFECYCLE {days}")
    number = project.submit(errand.sql, asked=asked_of(reading, f"{since} {errand.sql}"))
    follow(project, number, errand, reading.mask, lambda _: None)
