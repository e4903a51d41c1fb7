"""Bearer tokens: who may ask for scores, where the network does not say so already."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.endpoint.problems import Refused

VARIABLE = "KINGMAKER_ENDPOINT_TOKEN"
SHORTEST = 16
_SCHEME = b"bearer "


class TokenMistaken(KingmakerError):
    """A token cannot be read, or would protect nothing."""

    code = "token_mistaken"


class Tokens:
    """Several while one is replaced by the next; false when there are none, and everybody may ask."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._digests = tuple(sha256(text.encode()).digest() for text in texts)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def check(self, authorization: bytes) -> None:
        """Raises Refused (401) unless the header carries one of the tokens; takes the same time for every wrong one."""
        scheme, told = authorization[: len(_SCHEME)], authorization[len(_SCHEME) :].strip()
        digest = sha256(told).digest()
        known = [compare_digest(digest, one) for one in self._digests]
        if scheme.lower() != _SCHEME or not any(known):
            raise Refused(
                401,
                "token_missing" if not authorization else "token_unknown",
                "this endpoint answers callers with a token only",
                where="Authorization",
                remedy="Send `Authorization: Bearer TOKEN` with the token of this endpoint.",
                headers={b"WWW-Authenticate": b'Bearer realm="kingmaker"'},
            )


def read_tokens(file: Path | None, environment: Mapping[str, str]) -> Tokens:
    """One token a line of the file, and the one in KINGMAKER_ENDPOINT_TOKEN. Raises TokenMistaken."""
    listed = _lines_of(file) if file else []
    own = environment.get(VARIABLE, "").strip()
    texts = listed + ([own] if own else [])
    short = next((text for text in texts if len(text) < SHORTEST), None)
    if short is not None:
        raise TokenMistaken(
            f"a token has {len(short)} characters, and fewer than {SHORTEST} can be guessed",
            where=str(file) if short in listed else VARIABLE,
            remedy="`openssl rand -hex 32` makes a good one.",
        )
    return Tokens(texts)


def _lines_of(file: Path) -> list[str]:
    try:
        lines = [line.strip() for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise TokenMistaken(
            "the tokens cannot be read", where=str(file), remedy=f"Name a readable text file ({error})."
        ) from None
    texts = [line for line in lines if line and not line.startswith("#")]
    if not texts:
        raise TokenMistaken("the file holds no token", where=str(file), remedy="Write one token on each line.")
    return texts
