"""Tokens as text: `km_<id>_<secret>`. The id is public; of the whole text only the SHA-256 is ever kept.

A fast digest is right for a secret of 256 random bits, which nobody can try through; passwords need the slow one.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from kingmaker.domain.access import MadeToken, Role, Token

Clock = Callable[[], datetime]
ID_BYTES: Final = 6
SECRET_BYTES: Final = 32
TOKEN_TEXT: Final = re.compile(r"km_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_LIKE_A_TOKEN: Final = re.compile(r"(km_[0-9a-f]{12}_)[0-9a-zA-Z]+", re.ASCII)


def new_token(
    name: str,
    role: Role,
    *,
    pipelines: tuple[str, ...] | None,
    lifetime: timedelta | None,
    made_by: str,
    now: datetime,
) -> MadeToken:
    """A token nobody has seen yet; whoever keeps it in the ledger keeps `digest_of(secret)` beside it."""
    identity = secrets.token_hex(ID_BYTES)
    token = Token(
        id=identity,
        name=name,
        role=role,
        pipelines=pipelines,
        made_by=made_by,
        made_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )
    return MadeToken(token=token, secret=f"km_{identity}_{secrets.token_hex(SECRET_BYTES)}")


def digest_of(secret: str) -> str:
    """Of a token's whole text, or of a session's. 64 hex digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def id_in(text: str) -> str | None:
    """The id of what has a token's form; None for anything else."""
    found = TOKEN_TEXT.fullmatch(text)
    return found[1] if found else None


def redacted(text: str) -> str:
    """The text with every token's secret part left out: for logs."""
    return _LIKE_A_TOKEN.sub(r"\1…", text)
