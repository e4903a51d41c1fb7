"""Dates in tasks. The service takes no parameters beside a statement, so that dates stand in it: as DATE literals, made
from dates alone.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.source import SqlTask
from kingmaker.ports.source import Reading

_PLACE: Final = re.compile(r"\{\{(.*?)\}\}")


def rendered(task: SqlTask, reading: Reading) -> str:
    """The statement with `DATE'2026-01-31'` for `{{ as_of }}` and the others. Raises SourceError for another name."""
    days = {"as_of": reading.as_of, "window.start": reading.start, "window.end": reading.end}
    return _PLACE.sub(lambda found: _literal(found[1].strip(), days, task.name), task.sql)


def _literal(name: str, days: Mapping[str, date], task: str) -> str:
    if name not in days:
        known = ", ".join(f"{{{{ {one} }}}}" for one in days)
        raise SourceError(
            f"`{{{{ {name} }}}}` stands for nothing", where=f"task `{task}`", remedy=f"There are {known}."
        )
    return f"DATE'{days[name].isoformat()}'"
