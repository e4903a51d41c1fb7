"""The dates of a reading under names that databases take."""

from collections.abc import Callable
from datetime import date

from kingmaker.pipeline.sql_text import PLACEHOLDERS
from kingmaker.ports.source import Reading


def days_of(reading: Reading) -> dict[str, date]:
    """By names without dots, for every placeholder."""
    return dict(zip(map(parameter, PLACEHOLDERS), (reading.as_of, reading.start, reading.end), strict=True))


def marks(write: Callable[[str], str]) -> dict[str, str]:
    """What stands in SQL for each placeholder; `write` is given the parameter's name."""
    return {name: write(parameter(name)) for name in PLACEHOLDERS}


def parameter(placeholder: str) -> str:
    return placeholder.replace(".", "_")
