"""A lake's files, masked, on this machine's disk: each whole, and never read again while nobody has written it anew."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from kingmaker.adapters.sources.lakes.listing import Lake, Piece
from kingmaker.adapters.sources.tasks import finish, unfinished
from kingmaker.privacy.masking import Mask

WORKERS: Final = 4
"""Files that are read at once: most of the time is waiting for the storage."""
_TOLD_EACH: Final = 100

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
Make = Callable[[Piece, Path], None]


def stage(
    lake: Lake, mask: Mask, facts: object, folder: Path, make: Make, told: Callable[[str], None]
) -> tuple[Path, ...]:
    """`make` each piece's file in the folder, unless it stands there from before; other files leave.

    `facts` is what else decides a file's content, as plain values.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mask.prepare()
    paths = [folder / _name(number, piece, lake, mask, facts) for number, piece in enumerate(lake.pieces)]
    for left in set(folder.iterdir()) - set(paths):
        left.unlink()
    of_all = f" of {len(paths) + lake.passed:,}" if lake.passed else ""
    told(f"reading {len(paths):,}{of_all} files of {lake.storage.url}")
    missing = [(piece, path) for piece, path in zip(lake.pieces, paths, strict=True) if not path.is_file()]
    if len(missing) < len(paths):
        told(f"{len(paths) - len(missing):,} of {len(paths):,} files were read before the run broke off")

    def one(piece_and_path: tuple[Piece, Path]) -> None:
        piece, path = piece_and_path
        make(piece, unfinished(path))
        finish(path)

    for done, _ in enumerate(in_threads(one, missing), start=1):
        if done % _TOLD_EACH == 0:
            told(f"{done:,} of {len(missing):,} files read")
    return tuple(paths)


def in_threads(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> Iterator[_Result]:
    """The results in the items' order; the first error ends what has not begun."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="lake") as pool:
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _name(number: int, piece: Piece, lake: Lake, mask: Mask, facts: object) -> str:
    found = piece.found
    all_of_it = (
        lake.storage.url,
        found.name,
        found.size,
        found.mark,
        mask.pii.model_dump(mode="json"),
        mask.fingerprint(),
        dict(piece.values),
        {name: str(kind) for name, kind in lake.types.items()},
        facts,
    )
    digest = hashlib.sha256(json.dumps(all_of_it, sort_keys=True).encode()).hexdigest()
    return f"{number:06}-{digest[:24]}{lake.suffix}"
