"""Segments of the log and outcome files: which lines are the customer's, and the files without them."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import polars as pl

from kingmaker.control.erasing.held import Held, Search
from kingmaker.control.monitoring import declaration_of
from kingmaker.control.outcome_files import OutcomeForm
from kingmaker.domain.erasure import Kept
from kingmaker.domain.errors import TamperFound
from kingmaker.loop.monitoring.segments import INBOX, SegmentDamaged, segment_of, unpacked
from kingmaker.ports.house import House
from kingmaker.privacy.erased import Finder
from kingmaker.sealing.keyring import DataKeyUnknown

_ENTRY, _PACKED = b'{"entry":', ".gz"
_DELIMITERS = ",;\t|"


class _Named(msgspec.Struct):
    id: str | None = None


def held_segments(search: Search, since: date | None = None) -> Iterator[Held]:
    """Segments in the inbox with answers for the customer; `since`: of this day and later ones.

    What lies in a damaged one nobody knows: the search tells its name.
    """
    for name in search.house.vault.names(f"{INBOX}/{search.pipeline}/"):
        segment = segment_of(name)
        if since is not None and (segment is None or segment.day < since):
            continue
        try:
            lines = _lines(search.house, name)
        except (SegmentDamaged, TamperFound, DataKeyUnknown):
            search.unreadable.append(name)
            continue
        search.looked(Kept.SEGMENT, sum(line.startswith(_ENTRY) for line in lines))
        rows = sum(_is_theirs(line, search.finder) for line in lines)
        if rows:
            yield Held(kind=Kept.SEGMENT, place=name, rows=rows)


def segment_without(house: House, held: Held, finder: Finder) -> tuple[bytes, bytes]:
    """The segment as it is, and without the customer's lines."""
    before = house.vault.named(held.place) or b""
    kept = b"\n".join(line for line in _lines(house, held.place) if not _is_theirs(line, finder))
    return before, gzip.compress(kept, compresslevel=1, mtime=0) if held.place.endswith(_PACKED) else kept


def held_outcomes(search: Search) -> Iterator[Held]:
    """Files of outcomes with lines for the customer's applications, as they are now."""
    files = search.house.ledger.outcomes(search.pipeline, limit=1_000_000)
    column = declaration_of(search.house, search.pipeline).id if files else ""
    for file in files:
        now = search.house.ledger.standing_for(file.file) or file.file
        if not search.house.vault.has(now):
            continue
        before, _, rows = _filtered(search.house.vault.fetch(now), file.form, column, search.finder.is_named)
        search.looked(Kept.OUTCOMES, before)
        if rows:
            yield Held(kind=Kept.OUTCOMES, place=now, rows=rows, form=file.form)


def outcomes_without(house: House, pipeline: str, held: Held, finder: Finder) -> str | None:
    """The digest of the file without the customer's lines, which is in the vault; None when no line is left."""
    column = declaration_of(house, pipeline).id
    before, kept, rows = _filtered(house.vault.fetch(held.place), held.form, column, finder.is_named)
    return house.vault.put_bytes(kept) if before > rows else None


def _lines(house: House, name: str) -> list[bytes]:
    return unpacked(house.vault.named(name) or b"", name).split(b"\n")


def _is_theirs(line: bytes, finder: Finder) -> bool:
    if not line.startswith(_ENTRY):
        return False
    try:
        named = msgspec.json.decode(line, type=_Named).id
    except msgspec.MsgspecError:
        return False
    return finder.is_named(named)


Ask = Callable[[str | None], bool]


def _filtered(path: Path, form: str, column: str, ask: Ask) -> tuple[int, bytes, int]:
    """How many rows there are, the file without those that are asked for, and how many these are.

    Another declaration may call the id differently since: where no column has its name, all of them are looked at.
    """
    match OutcomeForm(form):
        case OutcomeForm.CSV:
            return _csv(path.read_text(encoding="utf-8-sig"), column, ask)
        case OutcomeForm.PARQUET:
            return _parquet(path, column, ask)
        case OutcomeForm.JSON:
            return _json(path.read_bytes(), column, ask)


def _csv(text: str, column: str, ask: Ask) -> tuple[int, bytes, int]:
    head = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=head.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    named = [place for place, name in enumerate(rows[0] if rows else ()) if name == column]
    kept = [row for number, row in enumerate(rows) if not number or not any(map(ask, _cells(row, named)))]
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(kept)
    return max(0, len(rows) - 1), written.getvalue().encode(), len(rows) - len(kept)


def _cells(row: Sequence[str], named: Sequence[int]) -> Iterator[str]:
    return (row[place].strip() for place in (named or range(len(row))) if place < len(row))


def _parquet(path: Path, column: str, ask: Ask) -> tuple[int, bytes, int]:
    rows = pl.read_parquet(path, memory_map=False)
    looked_at = rows.select(column) if column in rows.columns else rows.select(pl.exclude(pl.List, pl.Struct))
    texts = looked_at.select(pl.all().cast(pl.String).str.strip_chars())
    kept = rows.filter(pl.Series([not any(map(ask, values)) for values in texts.iter_rows()], dtype=pl.Boolean))
    written = io.BytesIO()
    kept.write_parquet(written)
    return rows.height, written.getvalue(), rows.height - kept.height


def _json(data: bytes, column: str, ask: Ask) -> tuple[int, bytes, int]:
    is_array = data.lstrip()[:1] == b"["
    lines = (
        [bytes(one) for one in msgspec.json.decode(data, type=list[msgspec.Raw])]
        if is_array
        else [line for line in data.split(b"\n") if line.strip()]
    )
    kept = [line for line in lines if not any(map(ask, _values(line, column)))]
    written = b"[" + b",".join(kept) + b"]" if is_array else b"".join(line + b"\n" for line in kept)
    return len(lines), written, len(lines) - len(kept)


def _values(line: bytes, column: str) -> list[str]:
    found = msgspec.json.decode(line, type=dict[str, object])
    wanted = [found[column]] if column in found else list(found.values())
    return [str(value).strip() for value in wanted if value is not None]
