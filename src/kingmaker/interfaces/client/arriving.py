"""A file that arrives in parts: what came stays when the connection breaks, and it takes its place once it is whole."""

import hashlib
from http import HTTPStatus
from pathlib import Path

from kingmaker.domain.errors import BundleRefused, StorageFailed


class Arriving:
    """The part lies beside `out` under the digest of the whole, so that another process may go on with it."""

    def __init__(self, out: Path, digest: str) -> None:
        self._out = out
        self._digest = digest
        self._part = out.with_name(f".{out.name}.{digest[:12]}.part")

    @property
    def headers(self) -> dict[str, str]:
        """What to ask for: the rest."""
        here = self._size()
        return {"Range": f"bytes={here}-"} if here else {}

    def begin(self, status: int) -> None:
        """Told before the first block: a server that sends the whole is taken at its word."""
        if status != HTTPStatus.PARTIAL_CONTENT:
            self._part.unlink(missing_ok=True)

    def add(self, block: bytes) -> None:
        """Raises StorageFailed."""
        try:
            with self._part.open("ab") as opened:
                opened.write(block)
        except OSError as error:
            raise StorageFailed(
                f"the bundle cannot be written ({error.strerror or error})",
                where=str(self._out),
                remedy="Name another file.",
            ) from None

    def prove(self) -> Path:
        """The part, once it is whole. Raises BundleRefused, and forgets it, when it is something else."""
        found = hashlib.sha256(self._part.read_bytes() if self._part.exists() else b"").hexdigest()
        if found != self._digest:
            self._part.unlink(missing_ok=True)
            raise BundleRefused(
                "what arrived is not the bundle",
                where=str(self._out),
                remedy="Try again; if it stays so, tell the publisher.",
            )
        return self._part

    def take_place(self) -> int:
        """Puts the file where it belongs; its bytes."""
        self._part.replace(self._out)
        return self._out.stat().st_size

    def _size(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0
