"""The URL of a database: what it may say, and what of it may be told."""

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from kingmaker.domain.errors import SourceError

POSTGRESQL: Final = ("postgresql", "postgres")
MYSQL: Final = ("mysql", "mariadb")
_LOCAL = re.compile(r"^(localhost|127(\.\d+){3}|::1|/.*|@.*|)$")
_SAYS_TLS: Final = ("ssl", "tls", "encrypt")
_REMEDIES: Final = {
    "postgresql": "Add `sslmode=verify-full` (and `sslrootcert=/PATH`, if your own authority signed the server's certificate).",
    "mysql": "Add `ssl_ca=/PATH`, the certificate of the authority that signed the server's.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A database's URL, read. `reference` is where it stands: the only part of it that errors tell."""

    url: str = field(repr=False)
    reference: str
    dialect: str
    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, url: str, reference: str) -> "Address":
        """Raises SourceError for text that is no URL, and for a way over a network that says nothing about TLS."""
        scheme, separator, _ = url.partition("://")
        try:
            parts = urlsplit(url)
            options = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            separator = ""
        if not separator or not re.fullmatch(r"[a-z][a-z0-9_]*(\+[a-z0-9_]+)?", scheme):
            raise SourceError(
                "this is no URL of a database",
                where=reference,
                remedy="Write it as `postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`.",
            )
        dialect = {"postgres": "postgresql", "mariadb": "mysql"}.get(scheme.split("+")[0], scheme.split("+")[0])
        _refuse_in_the_open(dialect, _hosts(parts.netloc, options), options, reference)
        return cls(url=url, reference=reference, dialect=dialect, secrets=_secrets(parts.netloc, options))

    def without_secrets(self, said: str) -> str:
        """What a driver or a server said, without the password and the URL."""
        for secret in (self.url, *self.secrets):
            said = said.replace(secret, "***")
        return said

    def libpq(self, **defaults: str) -> str:
        """The URL for PostgreSQL's own library, with options that it does not say itself."""
        rest = self.url.partition("://")[2]
        said = dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
        added = "&".join(f"{name}={value}" for name, value in defaults.items() if name not in said)
        slash = "" if "/" in rest.partition("?")[0].rpartition("@")[2] else "/"
        head, mark, query = rest.partition("?")
        return f"postgresql://{head}{slash}?{query}{'&' if mark and query else ''}{added}"


def _hosts(netloc: str, options: dict[str, str]) -> list[str]:
    named = [
        re.sub(r":\d*$", "", one).strip("[]") if not one.startswith("[") else one[1:].partition("]")[0]
        for one in netloc.rpartition("@")[2].split(",")
    ]
    further = [
        one for name in ("host", "hostaddr", "unix_socket") if name in options for one in options[name].split(",")
    ]
    return [unquote(one) for one in (further if further and named == [""] else [*named, *further])]


def _refuse_in_the_open(dialect: str, hosts: list[str], options: dict[str, str], reference: str) -> None:
    far = [host for host in hosts if not _LOCAL.match(host.casefold())]
    said = any(name.casefold().startswith(_SAYS_TLS) for name in options) or "service" in options
    if dialect == "postgresql":
        said = "sslmode" in options
    if far and not said:
        raise SourceError(
            f"the URL leads to {far[0]} and says nothing about TLS",
            where=reference,
            remedy=_REMEDIES.get(
                dialect,
                "Add the option by which its driver demands TLS (its name begins with `ssl`, `tls` or `encrypt`).",
            ),
        )


def _secrets(netloc: str, options: dict[str, str]) -> tuple[str, ...]:
    password = netloc.rpartition("@")[0].partition(":")[2]
    found = {password, unquote(password), *(value for name, value in options.items() if "pass" in name.casefold())}
    return tuple(sorted(filter(None, found), key=len, reverse=True))
