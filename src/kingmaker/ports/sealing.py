"""Sealing: whether what a house stores is encrypted, and the keys it is encrypted with."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from kingmaker.sealing.keyring import KeyringState

OPENED: Final = "kingmaker-opened-"
"""How folders of opened copies begin: a process keeps them in memory, or in a home's workspace, and removes them at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """How many files and documents of the vault are sealed, and how many are not and should be."""

    files: int
    documents: int
    plain_files: int
    plain_documents: int


class Sealing(Protocol):
    """Every method raises MasterKeyRefused, DataKeyUnknown, TamperFound or StorageFailed when the keyring does not open."""

    def state(self) -> KeyringState: ...

    def rotate(self) -> str:
        """Another data key from now on; its id. Nothing is written anew."""

    def rewrap(self, reference: str) -> str:
        """The data keys under another master key, named by a reference; its id. Nothing but the keyring is written."""

    def count(self) -> Sealed: ...

    def seal_plain(self) -> Iterator[str]:
        """Seal what is stored plain, one at a time: its digest or name, once it is sealed. Begun again it goes on."""

    def opened(self, name: str, data: bytes) -> bytes:
        """A document as it arrived for that name, opened where an endpoint sealed it."""

    def opened_file(self, path: Path) -> Iterator[bytes]:
        """What a file of another vault under the same keyring holds, in blocks; of a plain one its bytes."""
