"""The key of pseudonyms: one a home, or one that several homes are given so that their pseudonyms agree."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from kingmaker.domain.errors import StorageFailed
from kingmaker.privacy.secrets import secret_of

KEY_BYTES: Final = 32


def pseudonym_key(reference: str, path: Path) -> bytes:
    """What `reference` names, or what stands in `path`, made there on first use. Raises StorageFailed, SecretMissing."""
    if reference:
        return secret_of(reference).encode()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            _create(path)
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise StorageFailed(
            "the key of pseudonyms can be neither read nor made",
            where=str(path),
            remedy="Correct the permissions of the folder, or put the key back from its copy: another key is other pseudonyms.",
        ) from error


def _create(path: Path) -> None:
    """Whole or not at all, and never over another process's key."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_hex(KEY_BYTES), encoding="ascii")
    try:
        os.link(made, path)
    finally:
        made.unlink()
