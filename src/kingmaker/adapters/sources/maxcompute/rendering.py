"""Dates in tasks. The service takes no parameters beside a statement: they stand in it as DATE literals, made of dates."""

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.source import SqlTask
from kingmaker.pipeline.sql_text import with_placeholders
from kingmaker.ports.source import Reading


def rendered(task: SqlTask, reading: Reading) -> str:
    """The statement with `DATE'2026-01-31'` for `{{ as_of }}` and the others. Raises SourceError for one in quotes."""
    days = {"as_of": reading.as_of, "window.start": reading.start, "window.end": reading.end}
    try:
        return with_placeholders(
            task.sql, {name: f"DATE'{day.isoformat()}'" for name, day in days.items()}, escapes=True
        )
    except ValueError as error:
        raise SourceError(str(error), where=f"task `{task.name}`", remedy="Correct the task.") from None
