"""A lake's CSV files, masked and with their partitions' columns, as CSV files of this machine; types come afterwards."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from kingmaker.adapters.sources.lakes.columns import same_names
from kingmaker.adapters.sources.lakes.listing import Lake, Piece
from kingmaker.adapters.sources.lakes.staging import in_threads, stage
from kingmaker.domain.errors import SourceError
from kingmaker.privacy.canonical import is_missing
from kingmaker.privacy.masking import Mask

_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]


def stage_csv(
    lake: Lake, mask: Mask, missing: Sequence[str], folder: Path, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """One file for each piece, all of the columns of the first, in its order and with a comma between.

    A line with more or fewer cells than the header is refused: nobody knows which of them is to be masked. Raises SourceError.
    """
    headers = list(in_threads(lambda piece: _header(lake, piece), lake.pieces))
    first, names = lake.pieces[0].found.name, headers[0].names
    mask.check(names, f"{first}, line 1")
    for piece, header in zip(lake.pieces, headers, strict=True):
        same_names(names, first, header.names, piece.found.name)
    of = {piece.found.name: header for piece, header in zip(lake.pieces, headers, strict=True)}
    added = [name for name in lake.types if name not in names]

    def make(piece: Piece, path: Path) -> None:
        header = of[piece.found.name]
        order = [header.names.index(name) for name in names if name not in mask.pii.drop]
        hidden = [place for place, name in enumerate(mask.columns(names)) if name in mask.pii.pseudonymise]
        more = [piece.values[name] or "" for name in added]
        with path.open("w", encoding="utf-8", newline="") as made, _lines(lake, piece, header) as lines:
            writer = csv.writer(made, lineterminator="\n")
            next(lines)
            writer.writerow([*mask.columns(names), *added])
            for cells in lines:
                kept = [cells[place] for place in order] if cells else []
                for place in hidden if cells else ():
                    gone = is_missing(kept[place]) or kept[place] in missing
                    kept[place] = "" if gone else mask.pseudonym(kept[place])
                writer.writerow([*kept, *more] if cells else [])

    return stage(lake, mask, [names, list(missing)], folder, make, told)


@contextmanager
def _lines(lake: Lake, piece: Piece, header: _Header | None = None) -> Iterator[Iterator[list[str]]]:
    """The cells of each line, the header's first. What is wrong is told by file and line, without any cell."""
    with lake.storage.opened(piece.found) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        try:
            first = text.readline()
            delimiter = max(_DELIMITERS, key=first.count)
            reader = csv.reader(chain([first], text), delimiter=delimiter, strict=True)
            yield _checked(reader, piece, len(header.names) if header else 0)
        except UnicodeDecodeError:
            raise SourceError(
                "the file is not UTF-8 text", where=piece.found.name, remedy="Save it as CSV in UTF-8."
            ) from None


def _checked(reader: Any, piece: Piece, width: int) -> Iterator[list[str]]:
    try:
        for cells in reader:
            if width and cells and len(cells) != width:
                what = f"the line has {len(cells)} cells, the header {width}"
                raise _wrong(what, piece, reader.line_num)
            yield cells
    except csv.Error as error:
        raise _wrong(f"the line cannot be read ({error})", piece, reader.line_num) from None


def _header(lake: Lake, piece: Piece) -> _Header:
    with _lines(lake, piece) as lines:
        names = tuple(next(lines, []))
    if not any(names):
        raise _wrong("the first line must name the columns", piece, 1)
    return _Header(names)


def _wrong(what: str, piece: Piece, line: int) -> SourceError:
    remedy = "Correct the line; a text that holds the delimiter needs quotes."
    return SourceError(what, where=f"{piece.found.name}, line {line}", remedy=remedy)
