"""The provider's side of OpenID Connect, over HTTP: its discovery document, its keys, and codes exchanged for ID tokens.

OpenID Connect Core 1.0 and Discovery 1.0; PKCE is RFC 7636.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, cast

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from kingmaker.control.access.bearing import Clock
from kingmaker.domain.errors import NotLoggedIn, ServerUnreachable
from kingmaker.interfaces.control_centre.oidc_settings import OidcSettings, refuse_open_line

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
"""Signatures only the provider can make; `none`, and secrets that both sides know, are not among them."""
LEEWAY_SECONDS: Final = 60
"""How far two clocks may differ."""
_PATIENCE: Final = 10.0
_KNOWN_FOR: Final = timedelta(hours=1)
_ASK_AGAIN: Final = timedelta(minutes=1)
"""How often unknown keys make us look for new ones: nobody drives us to ask without end."""


class Provider:
    """Safe for several threads. `client` is closed by whoever made it."""

    def __init__(self, settings: OidcSettings, client: httpx2.Client, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._guard = Lock()
        self._told: tuple[dict[str, Any], datetime] | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    def endpoint(self, name: str) -> str:
        """From the discovery document. Raises ServerUnreachable."""
        with self._guard:
            now = self._clock()
            if self._told is None or now - self._told[1] > _KNOWN_FOR:
                self._told = (self._discover(), now)
            return str(self._told[0].get(name, ""))

    def exchange(self, code: str, verifier: str) -> str:
        """The ID token for a code, which is good once. Raises NotLoggedIn, ServerUnreachable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.callback,
            "code_verifier": verifier,
            "client_id": self._settings.client,
        }
        secret = self._settings.secret()
        if secret is not None:
            form["client_secret"] = secret
        answer = self._ask("POST", self.endpoint("token_endpoint"), data=form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise NotLoggedIn("the company's log-in gave no ID token", remedy="Log in again.")
        return token

    def claims(self, token: str, *, nonce: str) -> Mapping[str, Any]:
        """What a signed ID token says, all of it checked. Raises NotLoggedIn, ServerUnreachable."""
        try:
            decoded = jwt.decode(token, self._key_set(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = self._decoded_with_new_keys(token)
        self._check(decoded.claims, nonce)
        return decoded.claims

    def _decoded_with_new_keys(self, token: str) -> jwt.Token:
        """The provider may have changed its keys meanwhile."""
        try:
            return jwt.decode(token, self._key_set(again=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            raise _proves_nothing("its signature") from None

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._settings.issuer},
            aud={"essential": True, "value": self._settings.client},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(claims)
        except (JoseError, TypeError, ValueError) as error:
            raise _proves_nothing(getattr(error, "claim", None) or "a claim") from None
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if several else self._settings.client) != self._settings.client:
            raise _proves_nothing("azp")

    def _key_set(self, *, again: bool = False) -> KeySet:
        address = self.endpoint("jwks_uri")
        with self._guard:
            now = self._clock()
            oldest = _ASK_AGAIN if again else _KNOWN_FOR
            if self._keys is None or now - self._keys[1] >= oldest:
                self._keys = (self._ask_keys(address), now)
            return self._keys[0]

    def _ask_keys(self, address: str) -> KeySet:
        try:
            return KeySet.import_key_set(cast("KeySetSerialization", self._ask("GET", address)))
        except (JoseError, KeyError, TypeError, ValueError):
            raise ServerUnreachable("the company's log-in tells keys that are none", where=address) from None

    def _discover(self) -> dict[str, Any]:
        told = self._ask("GET", f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != self._settings.issuer:
            raise ServerUnreachable("the company's log-in is of another issuer", where=self._settings.issuer)
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            refuse_open_line(str(told.get(name)))
        return told

    def _ask(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        try:
            answer = self._client.request(method, address, timeout=_PATIENCE, **sent)
            told = answer.json()
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
            raise ServerUnreachable(
                f"the company's log-in does not answer as it should ({type(error).__name__})", where=address
            ) from None
        if answer.is_client_error and method == "POST":
            raise NotLoggedIn("the company's log-in does not know this log-in", remedy="Log in again.")
        if not answer.is_success or not isinstance(told, dict):
            raise ServerUnreachable(f"the company's log-in answers with {answer.status_code}", where=address)
        return told


def _proves_nothing(what: str) -> NotLoggedIn:
    return NotLoggedIn(f"the company's log-in proves nothing: {what} is wrong", remedy="Log in again.")
