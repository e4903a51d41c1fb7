"""CSV rows in and out: with a header in any order, or without one in the model's own."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from kingmaker.interfaces.endpoint.asking import decision_of
from kingmaker.interfaces.endpoint.columns import Column, check_names, column_of, rows_of
from kingmaker.serving.asked import Scored
from kingmaker.serving.fields import Fields, Id, Rows
from kingmaker.serving.generous import shortened
from kingmaker.serving.refusals import RowsRefused

LONGEST_LINE = 1 << 20
"""Characters; far more than the values of one row."""

COLUMNS = ("id", "pd", "score", "grade", "decision", "version")
_REMEDY = (
    "Send CSV in UTF-8: commas between values, quotes around those that hold one, a header or the model's own order."
)


def read_csv(body: bytes, fields: Fields, *, header: bool | None) -> Rows:
    """The rows of a CSV text; an empty value is missing, as are the texts that the model's schema lists.

    `header` None lets the first row decide: it is a header when it holds a name of the model's. Without one, values stand in
    the order of the schema. Raises RowsRefused naming row and column.
    """
    lines = _lines(body)
    first = next(lines, None)
    if first is None:
        raise _malformed("the body is empty")
    known = {*fields.columns, *fields.id_columns}
    if header or (header is None and known.intersection(first)):
        names, rows = first, list(_bounded(lines, fields))
        _check_header(names, fields)
    else:
        names, rows = list(fields.schema.names), [first, *_bounded(lines, fields, already=1)]
    for place, row in enumerate(rows, 1):
        if len(row) != len(names):
            raise _malformed(f"it has {len(row)} values, and {len(names)} are expected", f"row {place}")
    return rows_of(_columns(names, rows, fields), len(rows), fields)


def write_csv(scored: Scored, start: int, ids: Sequence[Id], *, header: bool = True) -> bytes:
    """The answers as CSV, with lines that end as RFC 4180 says."""
    text = StringIO()
    writer = csv.writer(text)
    if header:
        writer.writerow(COLUMNS)
    for place, id_ in enumerate(ids, start):
        writer.writerow(
            (
                "" if id_ is None else id_,
                scored.pd[place],
                scored.score[place],
                scored.grade[place],
                decision_of(scored.approved[place]),
                scored.versions[place],
            )
        )
    return text.getvalue().encode("utf-8", "replace")


def _lines(body: bytes) -> Iterator[list[str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _malformed("the body is not UTF-8") from None
    try:
        yield from filter(None, csv.reader(_bounded_lines(text), strict=True))
    except csv.Error as error:
        raise _malformed(f"the body is not CSV: {error}") from None


def _bounded_lines(text: str) -> Iterator[str]:
    """The text line by line: a line is read in one step, in which nobody else is answered."""
    for place, line in enumerate(StringIO(text, newline=""), 1):
        if len(line) > LONGEST_LINE:
            raise _malformed(f"it is longer than {LONGEST_LINE:,} characters", f"line {place}")
        yield line


def _bounded(lines: Iterator[list[str]], fields: Fields, already: int = 0) -> Iterator[list[str]]:
    for count, line in enumerate(lines, already + 1):
        fields.check_count(count)
        yield line


def _check_header(names: Sequence[str], fields: Fields) -> None:
    check_names(names, fields, "column")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _malformed("there are two columns of this name", f"column `{shortened(name)}`")
        seen.add(name)


def _columns(names: Sequence[str], rows: list[list[str]], fields: Fields) -> dict[str, Column]:
    missing = frozenset(("", *fields.schema.missing_texts))
    wanted = {*fields.columns, *fields.id_columns}
    return {
        name: column_of([None if text in missing else text for text in values])
        for name, values in zip(names, zip(*rows, strict=True), strict=bool(rows))
        if name in wanted
    }


def _malformed(detail: str, where: str = "") -> RowsRefused:
    return RowsRefused(detail, code="body_malformed", where=where, remedy=_REMEDY)
