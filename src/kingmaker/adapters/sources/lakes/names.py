"""What the names of a lake's files say: which fit a pattern, which mean nothing, and which columns stand in the folders."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import unquote

NOTHING: Final = "__HIVE_DEFAULT_PARTITION__"
"""How a missing value is written in a folder's name."""
_MARKS: Final = "*?["
_TABLES: Final = {"_delta_log": "Delta Lake", ".hoodie": "Hudi"}


def is_pattern(step: str) -> bool:
    return any(mark in step for mark in _MARKS)


def fixed_part(steps: Sequence[str]) -> int:
    """How many of the steps stand before the first that is a pattern."""
    return next((place for place, step in enumerate(steps) if is_pattern(step)), len(steps))


def fits(name: Sequence[str], pattern: Sequence[str]) -> bool:
    """Step by step; `**` is any number of folders."""
    if not pattern:
        return not name
    if pattern[0] == "**" and len(pattern) > 1:
        return any(fits(name[skip:], pattern[1:]) for skip in range(len(name)))
    return bool(name) and fnmatchcase(name[0], pattern[0]) and fits(name[1:], pattern[1:])


def is_hidden(steps: Sequence[str]) -> bool:
    """As writers of lakes mean it: `_SUCCESS`, `.part-0.parquet.crc`. A column's name may begin so."""
    return any(step.startswith((".", "_")) and "=" not in step for step in steps)


def format_of(steps: Sequence[str]) -> str | None:
    """The table format whose log says which files are still valid, where this is a file of one's log."""
    if len(steps) > 1 and steps[-2] == "metadata" and steps[-1].endswith(".metadata.json"):
        return "Iceberg"
    return next((_TABLES[step] for step in steps if step in _TABLES), None)


def partition_of(folders: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    """(column, value) of each folder named `column=value`."""
    pairs = (step.partition("=") for step in folders)
    return tuple((unquote(column), _value(text)) for column, equals, text in pairs if equals and column)


def _value(text: str) -> str | None:
    return None if text == NOTHING else unquote(text)
