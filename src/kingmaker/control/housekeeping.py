"""Housekeeping: what nobody needs any more goes, and no run starts on a disk that is nearly full.

What stays is decided by what the ledger's rows name. Rows of verdicts, versions, turns, looks and the audit log never go, and
with each version stay its bundle, snapshot, evidence and tested model, so that any of them can be put in force again.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from typing import Final

from kingmaker.control.leftovers import leftovers, let_go
from kingmaker.domain.errors import NotFound
from kingmaker.ports.house import House

_NAMED: Final = re.compile(rb"[0-9a-f]{64}")
_AT_ONCE: Final = 1000
_LEFT_SECONDS: Final = 86_400.0
KINDS: Final = ("files", "bytes", "events", "trials", "notices", "sessions", "logs", "leftovers")


def sweep(house: House, *, by: str, dry: bool = False) -> dict[str, int]:
    """Remove what may go now; how many of each kind, and `bytes` of the files. `dry` removes nothing and tells what would go.

    Kinds are `files` of the vault, `logs` of the home, `leftovers` of killed commands in its workspace, and the rows that the
    ledger forgets. Doing it in several processes
    at once is harmless. What was removed is noted in the audit log.
    Raises TamperFound, and removes nothing, while a document that names other files is damaged.
    """
    before = house.clock() - timedelta(days=house.retention.keep_runs_days)
    needed = files_needed(house)
    gone = _forgotten(house, dry=dry)
    for digest in list(house.vault.digests()):
        size = None if digest in needed else house.vault.remove(digest, dry=dry)
        if size is not None:
            gone.update(files=1, bytes=size)
    for path in _old_logs(house):
        gone.update(logs=1, bytes=_removed(path, dry=dry))
    for path in list(leftovers(house, seconds=_LEFT_SECONDS)):
        gone.update(leftovers=1, bytes=_left(house, path, dry=dry))
    told = {kind: gone[kind] for kind in KINDS}
    if not dry and any(told.values()):
        house.ledger.note(
            by=by,
            action="housekeeping",
            subject="house",
            before="",
            after=", ".join(f"{count} {kind}" for kind, count in told.items() if count),
            why=f"What no version needs is kept for {house.retention.keep_runs_days} days, since {before:%Y-%m-%d}.",
        )
    return told


def files_needed(house: House) -> frozenset[str]:
    """Digests of every file that stays: those that the ledger's rows name, and those that the documents among them name."""
    since = house.clock() - timedelta(days=house.retention.keep_runs_days)
    named = house.ledger.digests_in_use(runs_since=since)
    within = (digest for document in named.documents for digest in _named_in(house, document))
    needed = named.documents | named.files | frozenset(within)
    standing = (one.new for one in house.ledger.replaced_files() if one.old in needed and one.new is not None)
    return needed | frozenset(standing)


def _named_in(house: House, document: str) -> Iterator[str]:
    """Every text in it that may be a digest: to keep a file too many is harmless."""
    try:
        data = house.vault.read(document)
    except NotFound:
        return
    yield from (found.decode() for found in _NAMED.findall(data))


def _forgotten(house: House, *, dry: bool) -> Counter[str]:
    before = house.clock() - timedelta(days=house.retention.keep_runs_days)
    gone: Counter[str] = Counter()
    while True:
        batch = house.ledger.forget(before=before, limit=_AT_ONCE, dry=dry)
        gone.update(batch)
        if dry or not any(batch.values()):
            return gone


def _old_logs(house: House) -> list[Path]:
    until = house.clock().timestamp() - timedelta(days=house.retention.keep_logs_days).total_seconds()
    folder = house.home / "logs"
    found = folder.rglob("*") if folder.is_dir() else ()
    return [path for path in found if path.is_file() and not path.is_symlink() and path.stat().st_mtime < until]


def _left(house: House, path: Path, *, dry: bool) -> int:
    with suppress(FileNotFoundError):
        size = path.stat().st_size
        if not dry:
            let_go(house, path)
        return size
    return 0


def _removed(path: Path, *, dry: bool) -> int:
    with suppress(FileNotFoundError):
        size = path.stat().st_size
        if not dry:
            path.unlink()
        return size
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLeft:
    """What is free where the home lies, and the least that a new run needs, in bytes."""

    free: int
    least: int
    home: Path

    @property
    def is_enough(self) -> bool:
        return self.free >= self.least

    @property
    def sentence(self) -> str:
        return f"{self.free / 1e9:.1f} GB are free under {self.home}, and a new run needs {self.least / 1e9:.1f} GB."


def room_left(house: House) -> RoomLeft:
    """Ask before a new run is taken up: without enough room it would fail halfway, and fill what the ledger needs."""
    usage, settings = disk_usage(house.home), house.retention
    least = min(settings.least_free_bytes, int(usage.total * settings.least_free_share))
    return RoomLeft(free=usage.free, least=least, home=house.home)
