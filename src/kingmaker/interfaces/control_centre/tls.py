"""TLS of the server itself, checked before anything listens."""

import ssl
from pathlib import Path

from kingmaker.domain.errors import KingmakerError


class TlsRefused(KingmakerError):
    """The server cannot prove with these files who it is."""

    code = "tls_refused"


def tls_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """What a server needs: TLS 1.2 and later. `key` None: it stands in the certificate's file.

    `certificate` holds the server's own first, then those above it, as PEM. Raises TlsRefused.
    """
    for path in (certificate, key or certificate):
        _refuse_unreadable(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except ssl.SSLError as error:
        raise _refusal(error, certificate, key or certificate) from None
    return context


def _refuse_unreadable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise TlsRefused(
            f"the file cannot be read ({error.strerror})",
            where=str(path),
            remedy="Name another, or correct its permissions.",
        ) from None


def _refusal(error: ssl.SSLError, certificate: Path, key: Path) -> TlsRefused:
    if error.reason == "KEY_VALUES_MISMATCH":
        return TlsRefused("the key is not the certificate's", where=str(key), remedy="Name the key it was made with.")
    return TlsRefused(
        "certificate or key is no PEM, or the key has a password",
        where=f"{certificate}, {key}",
        remedy="`openssl x509 -in FILE` and `openssl pkey -in FILE` say which one.",
    )


def _no_password() -> str:
    """Nobody is asked for one: the server starts unattended."""
    return ""
