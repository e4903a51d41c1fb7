"""SQL as people write it: where a text or a comment stands in it, and the dates that it leaves open."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator

PLACEHOLDERS: Final = ("as_of", "window.start", "window.end")
"""Dates of the run that SQL may name as `{{ as_of }}`."""
_PLACEHOLDER = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_QUOTED = (
    r"""'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|(?P<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?(?:(?P=tag)|$)"""
)
_ESCAPING = r"""'(?:[^'\\]|''|\\[\s\S])*(?:'|$)|"(?:[^"\\]|""|\\[\s\S])*(?:"|$)|`[^`]*(?:`|$)"""
_COMMENT = r"--[^\n]*|/\*[\s\S]*?(?:\*/|$)"
_STANDARD = re.compile(rf"(?P<comment>{_COMMENT})|(?P<quoted>{_QUOTED})")
_WITH_ESCAPES = re.compile(rf"(?P<comment>{_COMMENT}|\#[^\n]*)|(?P<quoted>{_ESCAPING})")


def pieces(sql: str, *, escapes: bool = False) -> Iterator[tuple[str, str]]:
    """(kind, text) in order, kind being `code`, `quoted` (literals and quoted names) or `comment`; joined they are `sql`.

    `escapes`: as MySQL reads it, with backslashes in literals and `#` before comments.
    """
    place = 0
    for found in (_WITH_ESCAPES if escapes else _STANDARD).finditer(sql):
        if found.start() > place:
            yield "code", sql[place : found.start()]
        yield str(found.lastgroup), found[0]
        place = found.end()
    if place < len(sql):
        yield "code", sql[place:]


def with_placeholders(sql: str, marks: Mapping[str, str], *, escapes: bool = False) -> str:
    """`sql` with what `marks` says for each of PLACEHOLDERS. Raises ValueError for one in quotes, where it would be text."""
    return "".join(_replaced(kind, text, marks) for kind, text in pieces(sql, escapes=escapes))


def check_placeholders(sql: str) -> str:
    """The text itself. Raises ValueError for a placeholder that nobody knows."""
    for found in _PLACEHOLDER.finditer(sql):
        if found[1] not in PLACEHOLDERS:
            known = ", ".join(f"`{{{{ {name} }}}}`" for name in PLACEHOLDERS)
            message = f"`{found[0]}` stands for nothing; there are {known}"
            raise ValueError(message)
    return sql


SqlText = Annotated[str, AfterValidator(check_placeholders)]
"""SQL with none but known placeholders."""


def _replaced(kind: str, text: str, marks: Mapping[str, str]) -> str:
    if kind == "comment":
        return text
    check_placeholders(text)
    if kind == "quoted" and (found := _PLACEHOLDER.search(text)):
        message = f"`{found[0]}` stands in quotes; it is a date of itself, write it without"
        raise ValueError(message)
    return _PLACEHOLDER.sub(lambda found: marks[found[1]], text) if kind == "code" else text
