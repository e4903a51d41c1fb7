"""The key of pseudonyms: one a home, or one that several homes are given so that their pseudonyms agree."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from kingmaker.domain.errors import StorageFailed
from kingmaker.privacy.secrets import SecretMissing, secret_of

KEY_BYTES: Final = 32
_LEAST_CHARACTERS: Final = 32
"""Who has pseudonyms and can guess the key finds every phone number: there are few of those."""
_OWN_FORM = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")


def pseudonym_key(reference: str, path: Path) -> bytes:
    """What `reference` names, or what stands in `path`, made there on first use. Raises StorageFailed, SecretMissing.

    64 hexadecimal digits, the form of a home's own key, are the same key wherever they stand. Any other text of a reference
    is a key by its letters.
    """
    if reference:
        return _given(reference)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with suppress(FileExistsError):
                _create(path)
        text = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        text = ""
    if not _OWN_FORM.fullmatch(text):
        raise StorageFailed(
            "the key of pseudonyms can be neither read nor made",
            where=str(path),
            remedy="Correct the permissions of the folder, or put the key back from its copy: another key is other pseudonyms.",
        )
    return bytes.fromhex(text)


def _given(reference: str) -> bytes:
    text = secret_of(reference)
    if len(text) < _LEAST_CHARACTERS:
        raise SecretMissing(
            f"the key of pseudonyms has fewer than {_LEAST_CHARACTERS} characters",
            where=reference,
            remedy="Make one with `openssl rand -hex 32`.",
        )
    return bytes.fromhex(text) if _OWN_FORM.fullmatch(text) else text.encode()


def _create(path: Path) -> None:
    """Whole or not at all, and never over the key of another who makes one."""
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    opened = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(made, path)
    finally:
        made.unlink()
