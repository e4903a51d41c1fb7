"""Where a control centre is, and whose certificates are believed."""

from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext, SSLError, create_default_context
from urllib.parse import urlsplit

import httpx2

from kingmaker import __version__
from kingmaker.domain.errors import ServerUnreachable

_CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Site:
    """The control centre's address, without a slash at its end. Its token is shown to it alone."""

    url: str
    token: str = field(default="", repr=False)
    authority: Path | None = None

    def __post_init__(self) -> None:
        """Raises ServerUnreachable for what is no address."""
        told = urlsplit(self.url)
        if told.username or told.password:
            raise ServerUnreachable(
                "the URL holds a password", remedy="Leave it out: a control centre asks for a token."
            )
        if told.scheme not in {"http", "https"} or not told.hostname or told.query or told.fragment:
            raise ServerUnreachable(
                "this is not the URL of a server",
                where=self.url,
                remedy="Name it as https://host or https://host:port.",
            )
        if not self.token.isascii() or not self.token.isprintable():
            raise ServerUnreachable("the token is none", remedy="Copy it whole, without blanks or line ends.")

    @property
    def base(self) -> str:
        return self.url.rstrip("/")

    @property
    def headers(self) -> dict[str, str]:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {"User-Agent": f"kingmaker/{__version__}", **shown}

    def trust(self) -> SSLContext | bool:
        """The certificates of `authority`, a PEM file, or else the system's. Raises ServerUnreachable."""
        if not self.base.startswith("https"):
            return False
        try:
            return create_default_context(cafile=self.authority)
        except (OSError, SSLError) as error:
            raise ServerUnreachable(
                f"the certificates cannot be read ({error.strerror or error})",
                where=str(self.authority),
                remedy="Name a PEM file.",
            ) from None


def limits_of(silence_seconds: float) -> httpx2.Timeout:
    """How long a connection may take to be made, and then be silent."""
    return httpx2.Timeout(silence_seconds, connect=min(_CONNECT_SECONDS, silence_seconds))
