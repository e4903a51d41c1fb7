"""Ed25519 keys: the publisher signs manifests and pointers, and every reader verifies them against its pinned public keys."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kingmaker.bundle.contents import Signature
from kingmaker.bundle.files import write_new
from kingmaker.domain.errors import BundleRefused, NotFound

ALGORITHM = "ed25519"
CONTEXT = "kingmaker bundle manifest 1"
"""Signed ahead of the manifest, so that a signature made for anything else cannot be passed off as a bundle's."""

PRIVATE_PREFIX = "kingmaker-signing-key-1:"
PUBLIC_PREFIX = "kingmaker-public-key-1:"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies. `text` is one line that can be pinned in a configuration file."""

    raw: bytes

    @classmethod
    def of(cls, text: str) -> "PublicKey":
        """Read the one-line text. Raises BundleRefused when it is not a public key."""
        return cls(_unwrap(text, PUBLIC_PREFIX, "public key"))

    @property
    def text(self) -> str:
        return PUBLIC_PREFIX + self.raw.hex()

    @property
    def id(self) -> str:
        """16 hex digits of the key's SHA-256: names the key in messages and signatures."""
        return sha256(self.raw).hexdigest()[:16]

    def verifies(self, signature: Signature, data: bytes, *, context: str = CONTEXT) -> bool:
        """Whether this key made the signature over these bytes in this context (a bundle's manifest, unless said otherwise)."""
        try:
            made = bytes.fromhex(signature.signature)
            Ed25519PublicKey.from_public_bytes(self.raw).verify(made, _signed(data, context))
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """The publisher's private key. Lies in one file that only its owner may read; its text is never printed."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = PublicKey(private.public_key().public_bytes_raw())

    @classmethod
    def create(cls, path: Path) -> "SigningKey":
        """Make a key and keep it in a new file (mode 0600). Raises BundleRefused when the file exists already."""
        private = Ed25519PrivateKey.generate()
        text = f"{PRIVATE_PREFIX}{private.private_bytes_raw().hex()}\n"
        try:
            write_new(path, text.encode())
        except FileExistsError as error:
            raise BundleRefused(
                "there is a signing key already, and overwriting it would orphan every bundle it signed",
                where=str(path),
                remedy="Use it, or name another file for a new key.",
            ) from error
        return cls(private)

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """Raises NotFound without a file, BundleRefused when others may read it or it holds no key."""
        if not path.is_file():
            raise NotFound("there is no signing key", where=str(path), remedy="Create one with `SigningKey.create`.")
        if path.stat().st_mode & 0o077:
            raise BundleRefused(
                "the signing key can be read or written by other users",
                where=str(path),
                remedy=f"Run `chmod 600 {path}`, and make a new key if somebody may have copied it.",
            )
        text = path.read_text(encoding="utf-8", errors="replace")
        return cls(Ed25519PrivateKey.from_private_bytes(_unwrap(text, PRIVATE_PREFIX, "signing key", where=str(path))))

    def sign(self, data: bytes, *, context: str = CONTEXT) -> Signature:
        """Sign a bundle's manifest, or what another context names; it verifies in that context alone.

        Ed25519 is deterministic: the same key, context and bytes give the same signature.
        """
        made = self._private.sign(_signed(data, context)).hex()
        return Signature(algorithm=ALGORITHM, context=context, key=self.public.id, signature=made)


def _signed(data: bytes, context: str) -> bytes:
    return context.encode() + b"\0" + data


def _unwrap(text: str, prefix: str, what: str, *, where: str = "") -> bytes:
    body = text.strip()
    try:
        raw = bytes.fromhex(body.removeprefix(prefix))
    except ValueError:
        raw = b""
    if not body.startswith(prefix) or len(raw) != 32:
        raise BundleRefused(
            f"this is not a {what}",
            where=where,
            remedy=f"It is one line that starts with `{prefix}` and goes on with 64 hexadecimal digits.",
        )
    return raw
