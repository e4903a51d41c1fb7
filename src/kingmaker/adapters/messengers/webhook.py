"""Signed webhooks: each message is a POST of JSON that its receiver can prove to be ours, recent and whole.

The headers are those of the Standard Webhooks specification 1.0.0: `webhook-id`, `webhook-timestamp` (seconds since 1970) and
`webhook-signature`, which is `v1,` and the base64 of HMAC-SHA256 over `{id}.{timestamp}.{body}`.
"""

import base64
import binascii
import hashlib
import hmac
import ssl
import time
from collections.abc import Callable
from typing import Final

import httpx2
import msgspec

from kingmaker.adapters.messengers.naming import place_name
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.notice import Notice

SECONDS: Final = 10.0
"""The longest wait for a connection, and for an answer."""
_PREFIX: Final = "whsec_"


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent. `count` is how often it happened since it was last told; `link` is empty when no address was set up."""

    kind: str
    cause: str
    pipeline: str
    run: int | None
    title: str
    text: str
    count: int
    raised_at: str
    link: str


class Webhook:
    """One receiver. It answers with a 2xx once it has the message; a redirect is a refusal: the secret is for this receiver."""

    def __init__(
        self, url: str, secret: str, *, seconds: float = SECONDS, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = _checked(url)
        self._key = key_of(secret)
        self._seconds = seconds
        self._clock = clock
        # The transport itself: a client would write the address, which may hold a secret, to the log.
        self._transport = httpx2.HTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))
        self._name = place_name(f"webhook {self._url.host}", url)

    @property
    def place(self) -> str:
        return self._name

    def tell(self, notice: Notice, *, link: str = "") -> None:
        body = msgspec.json.encode(_body(notice, link))
        headers = {"content-type": "application/json", "user-agent": "kingmaker", **self._signed(notice, body)}
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._seconds)
        request = httpx2.Request("POST", self._url, content=body, headers=headers, extensions={"timeout": limits})
        try:
            answer = self._transport.handle_request(request)
            answer.close()
        except (httpx2.TransportError, ssl.SSLError, OSError) as error:
            raise self._refusal(f"it could not be reached: {type(error).__name__}") from None
        if not answer.is_success:
            raise self._refusal(f"it answered with {answer.status_code}")

    def _signed(self, notice: Notice, body: bytes) -> dict[str, str]:
        identity, moment = message_id(notice), str(int(self._clock()))
        return {
            "webhook-id": identity,
            "webhook-timestamp": moment,
            "webhook-signature": signature(self._key, identity, moment, body),
        }

    def _refusal(self, why: str) -> KingmakerError:
        return KingmakerError(f"the message was not taken ({why})", where=self._name)


def signature(key: bytes, identity: str, moment: str, body: bytes) -> str:
    """HMAC-SHA256 (RFC 2104) over identity, moment and body, joined by full stops."""
    said = b".".join((identity.encode(), moment.encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_` in base64; any other text is its own UTF-8."""
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise KingmakerError(
            "the webhooks' secret starts with whsec_, but no base64 follows",
            where="KINGMAKER_WEBHOOK_SECRET",
            remedy="Give it as it was made, or any text that does not start so.",
        ) from None


def message_id(notice: Notice) -> str:
    """The same when a message is sent again, so that its receiver can count it once."""
    said = f"{notice.number}/{notice.cause}/{notice.raised_at.timestamp()}/{notice.count}"
    return f"msg_{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _body(notice: Notice, link: str) -> Body:
    return Body(
        kind=notice.kind.value,
        cause=notice.cause,
        pipeline=notice.pipeline,
        run=notice.run,
        title=notice.title,
        text=notice.text,
        count=notice.count,
        raised_at=notice.raised_at.isoformat(),
        link=link,
    )


def _checked(url: str) -> httpx2.URL:
    try:
        checked = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        checked = httpx2.URL("")
    if checked.scheme not in {"http", "https"} or not checked.host:
        raise KingmakerError(
            "a webhook's address is none", where="KINGMAKER_WEBHOOKS", remedy="Each is https://HOST/PATH."
        )
    return checked
