"""CSV with strict types: a column of numbers with a few words in it is an error that names them, never a column of text."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import duckdb

from kingmaker.adapters.sources.masked import masking, told_of
from kingmaker.adapters.sources.sql import named, quoted
from kingmaker.domain.errors import SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.privacy.masking import Mask

_FEW = 0.10
"""A column whose values parse but for this share was meant to hold them."""
_VERY_FEW = 0.01
"""With few distinct values (which may be codes) only so small a share counts as mistakes."""
_MANY_VALUES = 20
_NAMED_OFFENDERS = 5
_SAMPLE = 65_536
_TYPES = "['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR']"
_DIALECT = """quote = '"', escape = '"', comment = '', skip = 0"""
"""Said, not guessed: the guesses would skip a broken first line or read a stray quote as a letter."""
_ISO = "%Y-%m-%d"
_LINE_OF_ERROR = re.compile(r"on Line: ([0-9]+)")


@dataclass(frozen=True, slots=True)
class _Header:
    """The delimiter, told from the first line, and the columns."""

    delimiter: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What nearly all values of a text column are: the SQL that reads one, and a test for one cell."""

    word: str
    reading: str
    fits: Callable[[str], bool]


def load_csv(
    connection: duckdb.DuckDBPyConnection,
    declaration: SourceDeclaration,
    files: Sequence[Path],
    mask: Mask | None = None,
    *,
    quoting: bool | None = None,
) -> None:
    """Make the table `source`, masked. Raises SourceError with line, column and text of what does not fit.

    Where something is masked (or was: not `quoting`) no text of any cell is told: of a line whose cells are shifted nobody
    knows what stands where.
    Masked columns are read as text, whatever they look like: a phone number's leading zeros belong to it.
    """
    mask = mask or Mask()
    quoting = mask.is_empty if quoting is None else quoting
    headers = {path: _check_header(path, declaration.text, mask, quoting=quoting) for path in files}
    delimiters = {path: header.delimiter for path, header in headers.items()}
    masked = [name for name in (*mask.pii.drop, *mask.pii.pseudonymise) if name in headers[files[0]].names]
    texts = dict.fromkeys((*declaration.text, *masked))
    paths = ", ".join(quoted(str(path)) for path in files)
    try:
        with masking(connection, mask, dict.fromkeys(texts, "VARCHAR")) as chosen:
            connection.execute(
                f"CREATE TABLE source AS SELECT {chosen} FROM read_csv([{paths}], header = true, sample_size = -1, "  # noqa: S608
                f"delim = {quoted(delimiters[files[0]])}, {_DIALECT}, auto_type_candidates = {_TYPES}, "
                f"nullstr = {_list(declaration.missing)}, dateformat = {quoted(declaration.date_format or _ISO)}"
                f"{_text_columns(tuple(texts))})"
            )
    except duckdb.Error as error:
        raise _unreadable(error, delimiters, quoting=quoting) from (error if quoting else None)
    for column in _text_columns_of(connection, tuple(texts)):
        _check_column(connection, column, declaration, delimiters, quoting=quoting)


@contextmanager
def csv_texts(files: Sequence[Path], missing: Sequence[str]) -> Iterator[str]:
    """The files' rows as SQL, every cell a text. What DuckDB raises in the block is told as SourceError, without any cell."""
    delimiters = {path: _check_header(path, (), Mask(), quoting=False).delimiter for path in files}
    paths = ", ".join(quoted(str(path)) for path in files)
    try:
        yield (
            f"read_csv([{paths}], header = true, all_varchar = true, delim = {quoted(delimiters[files[0]])}, {_DIALECT}, "
            f"nullstr = {_list(missing)})"
        )
    except duckdb.Error as error:
        raise _unreadable(error, delimiters, quoting=False) from None


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _text_columns(columns: Sequence[str]) -> str:
    if not columns:
        return ""
    pairs = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in columns)
    return f", types = {{{pairs}}}"


def _check_header(path: Path, text_columns: Sequence[str], mask: Mask, *, quoting: bool = True) -> _Header:
    """Raises SourceError for a file without a header or with one name twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.read(_SAMPLE).split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:  # it has the file's bytes with it
        raise SourceError("the file is not UTF-8 text", where=path.name, remedy="Save it as CSV in UTF-8.") from None
    if not first.strip():
        raise SourceError("the file is empty", where=path.name, remedy="The first line must name the columns.")
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter))
    mask.check(names, f"{path.name}, line 1")
    numeric = [name for name in names if _is_number(name)]
    if numeric:
        message = f"the first line should name the columns, but {repr(numeric[0]) if quoting else 'a cell'} is a number"
        raise SourceError(message, where=f"{path.name}, line 1", remedy="Add a line with the column names.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        message = f"the column name `{twice[0]}` stands in the header twice"
        raise SourceError(message, where=f"{path.name}, line 1", remedy="Give every column a name of its own.")
    unknown = [column for column in text_columns if column not in names]
    if unknown:
        message = f"`source.text` names `{unknown[0]}`, which is not a column"
        raise SourceError(message, where=path.name, remedy=f"The columns are {', '.join(names)}.")
    return _Header(delimiter, tuple(names))


def _unreadable(error: duckdb.Error, delimiters: dict[Path, str], *, quoting: bool) -> SourceError:
    text = str(error)
    where = next((path.name for path in delimiters if path.name in text), next(iter(delimiters)).name)
    if "unicode" in text.lower():
        return SourceError("the file is not UTF-8 text", where=where, remedy="Save it as CSV in UTF-8.")
    misfit = next((found for found in map(_first_misfit, delimiters.items()) if found), None)
    if misfit:
        return SourceError(
            misfit[1], where=misfit[0], remedy="Correct the line; a text that holds the delimiter needs quotes."
        )
    line = _LINE_OF_ERROR.search(text)
    where += f", line {line[1]}" if line and not quoting else ""
    what = told_of(error, quoting=quoting)
    return SourceError(f"the file cannot be read ({what})", where=where, remedy="Correct the file.")


def _first_misfit(file_and_delimiter: tuple[Path, str]) -> tuple[str, str] | None:
    """Where the first line stands that has more or fewer cells than the header, and how many."""
    path, delimiter = file_and_delimiter
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            width = len(next(reader))
            for cells in reader:
                if cells and len(cells) != width:
                    return (
                        f"{path.name}, line {reader.line_num}",
                        f"the line has {len(cells)} cells, the header {width}",
                    )
        except csv.Error as error:
            return f"{path.name}, line {reader.line_num}", f"the line cannot be read ({error})"
        except UnicodeDecodeError:
            return None
    return None


def _text_columns_of(connection: duckdb.DuckDBPyConnection, declared: Sequence[str]) -> list[str]:
    described = connection.execute("DESCRIBE source").fetchall()
    return [row[0] for row in described if row[1] == "VARCHAR" and row[0] not in declared]


def _check_column(
    connection: duckdb.DuckDBPyConnection,
    column: str,
    declaration: SourceDeclaration,
    delimiters: dict[Path, str],
    *,
    quoting: bool,
) -> None:
    """Raise when nearly all of a text column's values are numbers or dates."""
    date_format = declaration.date_format or _ISO
    wishes = (
        _Wish("a number", f"try_cast({named(column)} AS DOUBLE)", _is_number),
        _Wish(
            f"a date ({date_format})", f"try_strptime({named(column)}, {quoted(date_format)})", _is_date(date_format)
        ),
    )
    for wish in wishes:
        query = f"SELECT count({named(column)}), count({wish.reading}), count(DISTINCT {wish.reading}) FROM source"  # noqa: S608
        filled, fitting, distinct = connection.execute(query).fetchone() or (0, 0, 0)
        share = (filled - fitting) / filled if filled else 1.0
        if 0 < share <= (_FEW if distinct > _MANY_VALUES else _VERY_FEW):
            offenders = _offenders(column, wish, declaration, delimiters)
            first_ones = list(islice(offenders, _NAMED_OFFENDERS))
            raise _not_typed(column, wish, first_ones, filled - fitting, quoting=quoting)


def _offenders(
    column: str, wish: _Wish, declaration: SourceDeclaration, delimiters: dict[Path, str]
) -> Iterator[tuple[str, int, str]]:
    """(file, line, text) of the cells that are not what the column holds, read again to know their lines."""
    for path, delimiter in delimiters.items():
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter)
            place = next(reader).index(column)
            line = reader.line_num + 1
            for cells in reader:
                if len(cells) > place and cells[place] not in declaration.missing and not wish.fits(cells[place]):
                    yield path.name, line, cells[place]
                line = reader.line_num + 1


def _not_typed(
    column: str, wish: _Wish, named_ones: list[tuple[str, int, str]], count: int, *, quoting: bool
) -> SourceError:
    first, *others = named_ones
    more = "".join(f"; line {line}: {text!r}" if quoting else f"; line {line} neither" for _, line, text in others)
    more += f"; {count} such cells in all" if count > len(named_ones) else ""
    remedy = "Correct the cells, add the text to `source.missing` if it means missing"
    remedy += f", or add `{column}` to `source.text` if the column is meant to be text."
    where = f"{first[0]}, line {first[1]}, column {column}"
    what = repr(first[2]) if quoting else "the cell"
    return SourceError(f"{what} is not {wish.word}{more}", where=where, remedy=remedy)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_date(date_format: str) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            datetime.strptime(text.strip(), date_format)  # noqa: DTZ007
        except ValueError:
            return False
        return True

    return fits
