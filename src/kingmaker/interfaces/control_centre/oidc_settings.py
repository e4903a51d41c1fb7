"""How the company's OpenID Connect provider is reached, and which of its groups give which roles."""

import tomllib
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec

from kingmaker.domain.access import Role
from kingmaker.domain.errors import KingmakerError

_NEIGHBOURS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_Words = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class OidcRefused(KingmakerError):
    """The settings of the company's log-in are not what they must be."""

    code = "setting_invalid"


class Grant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one value of the claim gives. `pipelines` absent: all of them."""

    roles: Annotated[tuple[Role, ...], msgspec.Meta(min_length=1)]
    pipelines: tuple[str, ...] | None = None


class OidcSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`callback` is the address of `/api/v1/login/oidc/callback` as browsers see it, registered with the provider.

    `name_claim` names people here and must be one that the provider never gives to another; `email` counts only when verified.
    `roles_claim` holds a text or a list of texts, and `grants` says what each gives; of several a person has all the roles, for
    the pipelines that every one of them covers. `secret_file` holds the client's secret, absent for a public client.
    """

    issuer: _Words
    client: _Words
    callback: _Words
    grants: dict[str, Grant]
    secret_file: str | None = None
    name_claim: _Words = "email"
    roles_claim: _Words = "groups"
    scopes: tuple[str, ...] = ("openid", "profile", "email")

    def secret(self) -> str | None:
        """Raises OidcRefused when the file cannot be read."""
        if self.secret_file is None:
            return None
        try:
            return Path(self.secret_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise OidcRefused(
                f"the client's secret cannot be read ({error.strerror})", where=self.secret_file
            ) from error


def read_oidc_settings(path: Path) -> OidcSettings:
    """Settings from a TOML file. Raises OidcRefused naming what is wrong."""
    try:
        settings = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), OidcSettings)
    except (OSError, ValueError) as error:
        raise OidcRefused(
            f"the settings of the company's log-in are refused ({error})", where=str(path), remedy="Correct the file."
        ) from error
    for address in (settings.issuer, settings.callback):
        refuse_open_line(address)
    return settings


def refuse_open_line(address: str) -> None:
    """Raises OidcRefused for an address anybody on the way could read or change: TLS, or this very machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _NEIGHBOURS):
        raise OidcRefused("the company's log-in needs https", where=address, remedy="Name its https address.")
