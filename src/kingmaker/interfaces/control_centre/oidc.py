"""Log-in with the company's own accounts: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0)."""

import base64
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx2
import msgspec

from kingmaker.control.access.bearing import Clock
from kingmaker.control.access.giving import proper_name
from kingmaker.domain.access import Role
from kingmaker.domain.errors import Forbidden, KingmakerError, NotLoggedIn
from kingmaker.interfaces.control_centre.company import Away, Proven
from kingmaker.interfaces.control_centre.oidc_provider import Provider
from kingmaker.interfaces.control_centre.oidc_settings import OidcSettings, read_oidc_settings

MOST_FINISHED: Final = 10_000


def open_login(path: Path, clock: Clock) -> "OidcLogin":
    """From a file of settings; its connections live as long as the process. Raises OidcRefused."""
    return OidcLogin(read_oidc_settings(path), httpx2.Client(follow_redirects=False, trust_env=False), clock)


class _Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In the browser's cookie between leaving and coming back: of use to nobody without the code that answers it."""

    state: str
    nonce: str
    verifier: str


class OidcLogin:
    """Plays `company.CompanyLogin`. One for the life of the process; safe for several threads."""

    def __init__(self, settings: OidcSettings, client: httpx2.Client, clock: Clock) -> None:
        self._settings = settings
        self._provider = Provider(settings, client, clock)
        self._finished: OrderedDict[str, None] = OrderedDict()
        self._guard = Lock()

    def begin(self) -> Away:
        kept = _Kept(*(secrets.token_urlsafe(32) for _ in range(3)))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(kept.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._settings.client,
            "redirect_uri": self._settings.callback,
            "scope": " ".join(self._settings.scopes),
            "state": kept.state,
            "nonce": kept.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        address = self._provider.endpoint("authorization_endpoint")
        address += ("&" if urlsplit(address).query else "?") + urlencode(query)
        return Away(address=address, kept=base64.urlsafe_b64encode(msgspec.json.encode(kept)).decode())

    def finish(self, answer: Mapping[str, str], kept: str) -> Proven:
        begun = _begun(kept)
        if not hmac.compare_digest(begun.state.encode(), answer.get("state", "").encode()):
            raise _not_begun_here()
        self._once(begun.state)
        if "code" not in answer:
            raise NotLoggedIn("the company's log-in let nobody in", remedy="Log in again, or ask an administrator.")
        token = self._provider.exchange(answer["code"], begun.verifier)
        return self._proven(self._provider.claims(token, nonce=begun.nonce))

    def _once(self, state: str) -> None:
        with self._guard:
            if state in self._finished:
                raise _not_begun_here()
            self._finished[state] = None
            while len(self._finished) > MOST_FINISHED:
                self._finished.popitem(last=False)

    def _proven(self, claims: Mapping[str, Any]) -> Proven:
        name = claims.get(self._settings.name_claim)
        if not isinstance(name, str) or (
            self._settings.name_claim == "email" and claims.get("email_verified") is not True
        ):
            raise NotLoggedIn(
                f"the company's log-in proves no {self._settings.name_claim}", remedy="Ask an administrator."
            )
        roles, pipelines = self._granted(claims.get(self._settings.roles_claim))
        try:
            return Proven(name=proper_name(name), roles=roles, pipelines=pipelines, issuer=self._settings.issuer)
        except KingmakerError as error:
            raise NotLoggedIn(error.what, remedy="Ask an administrator.") from None

    def _granted(self, told: object) -> tuple[tuple[Role, ...], tuple[str, ...] | None]:
        """All the roles, for what every one of them covers: two grants together never give what neither did."""
        groups = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        known = self._settings.grants
        grants = [known[group] for group in groups if isinstance(group, str) and group in known]
        if not grants:
            raise Forbidden("none of your groups has a role here", remedy="Ask an administrator.")
        scopes = [frozenset(grant.pipelines) for grant in grants if grant.pipelines is not None]
        pipelines = tuple(sorted(frozenset.intersection(*scopes))) if scopes else None
        return tuple(sorted({role for grant in grants for role in grant.roles})), pipelines


def _begun(kept: str) -> _Kept:
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(kept), type=_Kept)
    except (ValueError, msgspec.DecodeError):
        raise _not_begun_here() from None


def _not_begun_here() -> NotLoggedIn:
    return NotLoggedIn("this log-in was not begun by this browser, or is over", remedy="Log in again.")
