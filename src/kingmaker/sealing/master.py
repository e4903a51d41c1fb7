"""The master key: named by a reference, read when a keyring is opened, never written anywhere by Kingmaker."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kingmaker.domain.errors import KingmakerError
from kingmaker.privacy.secrets import SecretMissing, secret_of
from kingmaker.sealing.stream import KEY_BYTES

SETTING: Final = "KINGMAKER_MASTER_KEY"
KINDS: Final = ("env:", "file:/", "command:")
COMMAND_SECONDS: Final = 60.0
_NONCE_BYTES: Final = 12
_HEXADECIMAL = re.compile(rf"[0-9a-fA-F]{{{2 * KEY_BYTES}}}")
_MAKE = "Make one with `openssl rand -hex 32`."


class MasterKeyRefused(KingmakerError):
    """The master key is missing, is none, or is not the one that the data keys were wrapped with."""

    code = "master_key_refused"


@dataclass(frozen=True, slots=True)
class MasterKey:
    """32 bytes; `id` names it and tells nothing of it."""

    secret: bytes

    def __repr__(self) -> str:
        return f"MasterKey({self.id})"

    @property
    def id(self) -> str:
        return hmac.new(self.secret, b"kingmaker master key", hashlib.sha256).hexdigest()[:16]

    def wrapped(self, secret: bytes, told: bytes) -> bytes:
        """A data key sealed for the keyring; `told` is what stands beside it in the clear."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, secret, told)

    def unwrapped(self, wrapped: bytes, told: bytes) -> bytes | None:
        """None for what this key did not wrap so."""
        try:
            return AESGCM(self.secret).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], told)
        except (InvalidTag, ValueError):
            return None


def master_key(reference: str, environment: Mapping[str, str] = os.environ) -> MasterKey:
    """What `env:NAME`, `file:/PATH` or `command:PROGRAM ARGUMENTS` names: 32 bytes in hexadecimal digits or Base64.

    Raises MasterKeyRefused, which tells the reference alone; of a command its first word.
    """
    if not reference.startswith(KINDS):
        raise MasterKeyRefused(
            f"{SETTING} holds no reference",
            remedy="Set it to `env:NAME`, `file:/PATH` or `command:PROGRAM ARGUMENTS`, where the key stands.",
        )
    if reference.startswith("command:"):
        text, where = _printed(reference.removeprefix("command:"), environment)
    else:
        text, where = _kept(reference, environment), reference
    secret = _bytes_of(text)
    if secret is None:
        raise MasterKeyRefused(
            f"the master key is not {KEY_BYTES} bytes in hexadecimal digits or Base64", where=where, remedy=_MAKE
        )
    return MasterKey(secret)


def _kept(reference: str, environment: Mapping[str, str]) -> str:
    try:
        return secret_of(reference, environment)
    except SecretMissing:
        raise MasterKeyRefused(
            "the master key is not where its reference says",
            where=reference,
            remedy=f"Put it there, or correct {SETTING}. Without it nothing that is sealed can be read.",
        ) from None


def _printed(command: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """What it prints, and its name: arguments may tell more than they should."""
    try:
        words = shlex.split(command)
        where = f"command:{words[0]}"
    except (ValueError, IndexError):
        raise MasterKeyRefused("the command for the master key cannot be read", remedy="Correct its quotes.") from None
    remedy = f"Run it by hand as this user: it must print the key within {COMMAND_SECONDS:.0f} seconds."
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            words,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        what = f"the command for the master key did not answer ({type(error).__name__})"
        raise MasterKeyRefused(what, where=where, remedy=remedy) from None
    if done.returncode:
        what = f"the command for the master key ended with code {done.returncode}"
        raise MasterKeyRefused(what, where=where, remedy=remedy)
    return done.stdout.decode("ascii", errors="replace").strip(), where


def _bytes_of(text: str) -> bytes | None:
    if _HEXADECIMAL.fullmatch(text):
        return bytes.fromhex(text)
    try:
        found = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if len(found) == KEY_BYTES else None
