"""TLS in front of the wire, from the files that certificate authorities and cluster operators hand out."""

import ssl
from pathlib import Path

from kingmaker.domain.errors import KingmakerError


class TlsMistaken(KingmakerError):
    """Certificate and key cannot be used."""

    code = "tls_mistaken"


def server_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """TLS 1.2 or newer with a PEM certificate (its chain behind it) and its key; None without either. Raises TlsMistaken."""
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise TlsMistaken(
            "TLS needs a certificate and its key", remedy="Say both --tls-cert and --tls-key, or neither."
        )
    for path in (certificate, key):
        if not path.is_file():
            raise TlsMistaken("there is no such file", where=str(path), remedy="Name PEM files.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        raise TlsMistaken(
            f"certificate and key cannot be used together ({_told(error)})",
            where=f"{certificate}, {key}",
            remedy="Name the PEM certificate and the PEM key that belongs to it, without a password.",
        ) from None
    return context


def _no_password() -> str:
    raise ValueError("the key has a password")


def _told(error: Exception) -> str:
    """OpenSSL's reason in words: `[X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:4048)` is one."""
    reason = getattr(error, "reason", None)
    return str(reason).replace("_", " ").lower() if reason else str(error)
