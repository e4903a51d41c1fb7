"""Whose a signed document is: one check for bundles and pointers, so that neither is ever the weaker one."""

from collections.abc import Sequence
from dataclasses import dataclass

from kingmaker.bundle.contents import Signature
from kingmaker.bundle.keys import ALGORITHM, PublicKey
from kingmaker.domain.errors import BundleRefused, PointerRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A kind of document: what it is called, what of it is signed, under which context, and how it is refused."""

    what: str
    part: str
    context: str
    refused: type[BundleRefused] | type[PointerRefused]
    remedy: str
    """What to do when it is not its publisher's."""


def signer_of(
    signature: Signature, data: bytes, kind: Signed, *, trusted: Sequence[PublicKey], where: str
) -> PublicKey:
    """The pinned key that signed these bytes. Raises the kind's error, naming `where`, when none of them did."""
    if signature.algorithm != ALGORITHM or signature.context != kind.context:
        told = f"`{signature.algorithm[:80]}` for `{signature.context[:80]}`"
        raise kind.refused(
            f"the {kind.what} is signed with {told}, which is not a {kind.what}'s signature",
            where=where,
            remedy=kind.remedy,
        )
    key = next((key for key in trusted if key.id == signature.key), None)
    if key is None:
        pinned = ", ".join(key.id for key in trusted) or "none"
        raise kind.refused(
            f"the {kind.what} is signed by key {signature.key[:80]}, which is not trusted here (trusted: {pinned})",
            where=where,
            remedy="If the publisher has a new key, add its public key to the trusted ones; otherwise do not use it.",
        )
    if not key.verifies(signature, data, context=kind.context):
        raise kind.refused(
            f"the signature does not fit the {kind.part}: it was changed after signing", where=where, remedy=kind.remedy
        )
    return key
