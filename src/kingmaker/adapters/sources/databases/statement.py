"""The one statement that is read: all of a table, or one SELECT with its dates bound."""

import re
from collections.abc import Callable, Mapping

from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.source import SourceDeclaration
from kingmaker.pipeline.sql_text import pieces, with_placeholders

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_READING = ("select", "with")
_PLACE = "source.query"


def statement_of(
    declared: SourceDeclaration, named: Callable[[str], str], marks: Mapping[str, str], *, escapes: bool = False
) -> str:
    """SQL without an end. `named` quotes a name, `marks` stand for the placeholders; `escapes`: see `sql_text.pieces`.

    Raises SourceError for anything but one SELECT (or WITH … SELECT).
    """
    if declared.query is None:
        return f"SELECT * FROM {'.'.join(map(named, (declared.table or '').split('.')))}"  # noqa: S608
    query = _without_end(declared.query, escapes=escapes)
    _refuse_other(query, escapes=escapes)
    try:
        return with_placeholders(query, marks, escapes=escapes)
    except ValueError as error:
        raise SourceError(str(error), where=_PLACE, remedy="Correct the query.") from None


def _without_end(query: str, *, escapes: bool) -> str:
    """Without comments, which might hide an end, and without the last semicolon."""
    kept = (" " if kind == "comment" else text for kind, text in pieces(query, escapes=escapes))
    return "".join(kept).strip().removesuffix(";").rstrip()


def _refuse_other(query: str, *, escapes: bool) -> None:
    code = [text for kind, text in pieces(query, escapes=escapes) if kind == "code"]
    words = [word.casefold() for text in code for word in _WORD.findall(text)]
    what = None
    if not words or words[0] not in _READING:
        what = "the query is no SELECT"
    elif any(";" in text for text in code):
        what = "the query holds more than one statement"
    elif "into" in words:
        what = "the query writes (`INTO`), which no source may"
    if what:
        raise SourceError(what, where=_PLACE, remedy="Write one SELECT, or WITH … SELECT.")
