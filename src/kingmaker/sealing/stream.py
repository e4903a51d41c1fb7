"""The sealed form of a file of any size: a header, then chunks under AES-256-GCM, in memory one chunk at a time.

The STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár, 2015): a chunk's nonce is its number and whether it is the
last, so that chunks that were swapped, repeated or left out, and a file that was cut off, do not open. Each file has a key of
its own, derived from the data key and 128 random bits (HKDF, RFC 5869), so that no nonce is ever used twice under one key.
"""

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kingmaker.domain.errors import TamperFound

MAGIC: Final = b"kmseal\x01"
"""The last byte is the form's version."""
KEY_BYTES: Final = 32
ID_BYTES: Final = 8
TAG_BYTES: Final = 16
CHUNK_POWER: Final = 18
"""Chunks of 256 KiB: 0.006 % are tags, and sealing one takes about a tenth of a millisecond."""
_SALT_BYTES: Final = 16
_POWERS: Final = range(6, 25)
_HEADER: Final = struct.Struct(f"!{len(MAGIC)}sB{ID_BYTES}s{_SALT_BYTES}s")
_NONCE: Final = struct.Struct("!7xIB")
_PURPOSE: Final = b"kingmaker sealed file 1"

HEADER_BYTES: Final = _HEADER.size


@dataclass(frozen=True, slots=True)
class DataKey:
    """`id` is 8 random bytes that name it, `secret` 32 random bytes."""

    id: bytes
    secret: bytes

    def __repr__(self) -> str:
        return f"DataKey({self.id.hex()})"

    @classmethod
    def make(cls) -> "DataKey":
        return cls(os.urandom(ID_BYTES), os.urandom(KEY_BYTES))


KeyOf = Callable[[bytes], DataKey]
"""The data key of an id. Raises KingmakerError for one that is not known."""


def is_sealed(start: bytes) -> bool:
    """Whether what begins so is in this form."""
    return start.startswith(MAGIC)


def sealed_size(size: int, power: int = CHUNK_POWER) -> int:
    """How many bytes `size` bytes take when they are sealed."""
    chunks = max(1, -(-size // (1 << power)))
    return HEADER_BYTES + size + chunks * TAG_BYTES


class Sealer:
    """Seals what comes in blocks of any sizes. `context` must be the same when it is opened; it is not stored."""

    def __init__(self, key: DataKey, context: bytes = b"", *, power: int = CHUNK_POWER) -> None:
        salt = os.urandom(_SALT_BYTES)
        self._header = _HEADER.pack(MAGIC, power, key.id, salt)
        self._cipher = _Cipher(key, salt, self._header + context)
        self._size = 1 << power
        self._waiting = bytearray()
        self._out: list[bytes] = [self._header]

    def update(self, block: bytes) -> bytes:
        self._waiting += block
        whole = max(0, (len(self._waiting) - 1) // self._size) * self._size  # at least a byte waits for the end
        for start in range(0, whole, self._size):
            self._out.append(self._cipher.sealed(bytes(self._waiting[start : start + self._size]), last=False))
        del self._waiting[:whole]
        return self._taken()

    def finish(self) -> bytes:
        self._out.append(self._cipher.sealed(bytes(self._waiting), last=True))
        return self._taken()

    def _taken(self) -> bytes:
        out = b"".join(self._out)
        self._out.clear()
        return out


class Opener:
    """Opens what comes in blocks of any sizes. Every method raises TamperFound for what was not sealed so.

    What `update` returns is proven chunk by chunk; that all came is known when `finish` returns.
    """

    def __init__(self, key_of: KeyOf, context: bytes = b"", *, where: str = "") -> None:
        self._key_of = key_of
        self._context = context
        self._where = where
        self._waiting = bytearray()
        self._cipher: _Cipher | None = None
        self._size = 0

    def update(self, block: bytes) -> bytes:
        self._waiting += block
        cipher = self._cipher or self._begun()
        if cipher is None:
            return b""
        whole = max(0, (len(self._waiting) - 1) // self._size) * self._size
        found = [
            self._opened(cipher, bytes(self._waiting[start : start + self._size]), last=False)
            for start in range(0, whole, self._size)
        ]
        del self._waiting[:whole]
        return b"".join(found)

    def finish(self) -> bytes:
        if self._cipher is None:
            raise self._broken("it ends within its header")
        return self._opened(self._cipher, bytes(self._waiting), last=True)

    def _begun(self) -> "_Cipher | None":
        """Reads the header as soon as it is there."""
        if len(self._waiting) < HEADER_BYTES:
            return None
        header = bytes(self._waiting[:HEADER_BYTES])
        magic, power, name, salt = _HEADER.unpack(header)
        if magic != MAGIC or power not in _POWERS:
            raise self._broken("its header is not one that this release writes")
        del self._waiting[:HEADER_BYTES]
        self._size = (1 << power) + TAG_BYTES
        self._cipher = _Cipher(self._key_of(name), salt, header + self._context)
        return self._cipher

    def _opened(self, cipher: "_Cipher", chunk: bytes, *, last: bool) -> bytes:
        try:
            return cipher.opened(chunk, last=last)
        except InvalidTag:
            raise self._broken("it was changed, cut off, or put in another's place") from None

    def _broken(self, what: str) -> TamperFound:
        return TamperFound(
            f"a sealed file does not open: {what}", where=self._where, remedy="Restore it from a backup."
        )


def sealed_blocks(blocks: Iterable[bytes], key: DataKey, context: bytes = b"") -> Iterator[bytes]:
    """What `blocks` hold, sealed."""
    sealer = Sealer(key, context)
    for block in blocks:
        if made := sealer.update(block):
            yield made
    yield sealer.finish()


def opened_blocks(blocks: Iterable[bytes], key_of: KeyOf, context: bytes = b"", *, where: str = "") -> Iterator[bytes]:
    """What was sealed. Raises TamperFound as soon as something does not open, at the latest after the last block."""
    opener = Opener(key_of, context, where=where)
    for block in blocks:
        if found := opener.update(block):
            yield found
    yield opener.finish()


def seal(data: bytes, key: DataKey, context: bytes = b"") -> bytes:
    """`data` in the sealed form."""
    return b"".join(sealed_blocks((data,), key, context))


def unseal(data: bytes, key_of: KeyOf, context: bytes = b"", *, where: str = "") -> bytes:
    """What was sealed. Raises TamperFound for anything else."""
    return b"".join(opened_blocks((data,), key_of, context, where=where))


class _Cipher:
    """One file's chunks, in order."""

    def __init__(self, key: DataKey, salt: bytes, told: bytes) -> None:
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=_PURPOSE).derive(key.secret)
        self._gcm = AESGCM(derived)
        self._told = told
        self._number = 0

    def sealed(self, chunk: bytes, *, last: bool) -> bytes:
        return self._gcm.encrypt(self._nonce(last=last), chunk, self._told)

    def opened(self, chunk: bytes, *, last: bool) -> bytes:
        """Raises InvalidTag."""
        if len(chunk) < TAG_BYTES:
            raise InvalidTag
        return self._gcm.decrypt(self._nonce(last=last), chunk, self._told)

    def _nonce(self, *, last: bool) -> bytes:
        nonce = _NONCE.pack(self._number, last)
        self._number += 1
        return nonce
