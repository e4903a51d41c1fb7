"""A company's OpenID Connect provider, small and real: discovery, keys, codes, and RSA-signed ID tokens over HTTP."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "kingmaker", "a secret of the client"


@dataclass
class Company:
    """`says` is what its ID tokens claim beside the usual; `lies` replaces the usual. Codes are good once."""

    now: Any
    issuer: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=list)
    told_keys: list[RSAKey] | None = None
    algorithm: str = "RS256"
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    discovered: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.change_keys()

    def change_keys(self) -> None:
        self.keys = [key(f"key {int(self.keys[0].kid[-1]) + 1 if self.keys else 1}")]

    def log_in(self, address: str) -> str:
        """What the provider does in the browser: the address that it sends the browser back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_hex(16)
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def discovery(self) -> dict[str, str]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        } | self.discovered

    def key_set(self) -> dict[str, Any]:
        return KeySet(self.keys if self.told_keys is None else self.told_keys).as_dict(private=False)

    def exchanged(self, form: dict[str, str]) -> dict[str, str] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or challenge.rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        if (form["client_id"], form["client_secret"], form["redirect_uri"]) != (CLIENT, SECRET, asked["redirect_uri"]):
            return None
        return {"id_token": self.id_token(asked["nonce"]), "access_token": "x", "token_type": "Bearer"}

    def id_token(self, nonce: str) -> str:
        now = int(self.now().timestamp())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "0815", "iat": now, "exp": now + 300, "nonce": nonce}
        said = {name: value for name, value in (claims | self.says | self.lies).items() if value is not None}
        if self.algorithm == "none":
            return sealed({"alg": "none"}, said, b"")
        if self.algorithm == "HS256":
            return sealed({"alg": "HS256", "kid": self.keys[0].kid}, said, self.keys[0].as_pem(private=False))
        return jwt.encode({"alg": self.algorithm, "kid": self.keys[0].kid}, said, self.keys[0])


def sealed(head: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    """As an attacker makes it, by hand: no library would."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (head, claims)]
    seal = hmac.digest(secret, b".".join(parts), "sha256") if secret else b""
    return b".".join([*parts, base64.urlsafe_b64encode(seal).rstrip(b"=")]).decode()


@cache
def key(name: str) -> RSAKey:
    """Making one takes longer than all the rest; those of one name differ from those of another."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


@contextmanager
def company(now: Any) -> Iterator[Company]:
    told = Company(now)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            pages = {"/.well-known/openid-configuration": told.discovery, "/keys": told.key_set}
            page = pages.get(self.path)
            self.answer(page() if page else None)

        def do_POST(self) -> None:
            told.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(told.exchanged({name: values[0] for name, values in parse_qs(body).items()}))

        def answer(self, page: dict[str, Any] | None) -> None:
            body = json.dumps(page if page is not None else {"error": "invalid_grant"}).encode()
            self.send_response(200 if page is not None else 400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        told.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield told
        server.shutdown()
        thread.join()
