"""Every byte that a folder ever held: files are kept by a second name as soon as they are seen, so that removing loses none."""

import gzip
import io
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import polars as pl

_PAUSE_SECONDS = 0.005


class Watch:
    """`kept` lies on the same disk as the folders and outside of them."""

    def __init__(self, folders: Sequence[Path], kept: Path) -> None:
        self._folders = folders
        self._kept = kept
        self._seen: set[tuple[int, int]] = set()

    @contextmanager
    def looking(self) -> Iterator[None]:
        ended = threading.Event()
        thread = threading.Thread(target=self._look_until, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self._look()

    def names(self) -> list[str]:
        """Of all files that were there for a moment."""
        return [path.name.partition("-")[2] for path in self._kept.iterdir()]

    def holds(self, marker: str) -> list[str]:
        """Names of files in which the marker stands: as bytes, or as a value of a table in a compressed format."""
        return sorted(path.name for path in self._kept.iterdir() if any(marker in text for text in texts_of(path)))

    def _look_until(self, ended: threading.Event) -> None:
        while not ended.wait(_PAUSE_SECONDS):
            self._look()

    def _look(self) -> None:
        for folder in self._folders:
            for place, _, names in os.walk(folder):
                for name in names:
                    with suppress(OSError):  # gone again, or not a file that can have a second name
                        self._keep(Path(place, name))

    def _keep(self, path: Path) -> None:
        status = path.stat()
        identity = (status.st_dev, status.st_ino)
        if identity not in self._seen:
            os.link(path, self._kept / f"{len(self._seen):05}-{path.name}")
            self._seen.add(identity)


def texts_of(path: Path) -> Iterator[str]:
    """What stands in a file: its bytes, and what is packed in them."""
    content = path.read_bytes()
    yield content.decode("latin-1")
    yield content.decode("utf-16-le", "replace")
    if content[:4] == b"PAR1" == content[-4:]:
        yield _as_csv(pl.read_parquet(io.BytesIO(content)))
    elif content[8:12] == b"DUCK":
        yield from _tables(path)
    elif content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content).decode("latin-1")


def _tables(path: Path) -> Iterator[str]:
    """A file that was cut off while it was written cannot be opened; its bytes were looked at."""
    with suppress(duckdb.Error), duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("SELECT table_schema, table_name FROM information_schema.tables").fetchall()
        for schema, name in names:
            yield str(connection.execute(f'SELECT * FROM "{schema}"."{name}"').fetchall())


def _as_csv(frame: pl.DataFrame) -> str:
    return "\n".join(str(frame[name].to_list()) for name in frame.columns)
