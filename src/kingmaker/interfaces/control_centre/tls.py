"""TLS of the server itself, checked before anything listens."""

import ssl
from pathlib import Path

from kingmaker.interfaces.endpoint.tls import TlsMistaken, server_context


def tls_context(certificate: Path, key: Path | None = None) -> ssl.SSLContext:
    """As an endpoint's: TLS 1.2 and later, from PEM files. `key` None: it stands in the certificate's file too.

    Raises TlsMistaken.
    """
    context = server_context(certificate, key or certificate)
    if context is None:
        raise TlsMistaken("TLS needs a certificate and its key", remedy="Name both.")
    return context
