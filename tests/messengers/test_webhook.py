"""Signed webhooks, over a real connection."""

import base64
import hashlib
import hmac
import json
import logging

import pytest

from kingmaker.adapters.messengers.webhook import Webhook, key_of, message_id, signature
from kingmaker.domain.errors import KingmakerError

from .news import NEWS, news
from .receiver import Receiver

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
PATH = "/hooks/Zm9yZXZlcg?token=s3cr3t"


def webhook(receiver: Receiver, *, seconds: float = 5.0) -> Webhook:
    return Webhook(receiver.url + PATH, SECRET, seconds=seconds, clock=lambda: 1772366400.7)


def refusal(receiver: Receiver, *, seconds: float = 5.0) -> str:
    with pytest.raises(KingmakerError) as refused:
        webhook(receiver, seconds=seconds).tell(NEWS)
    return str(refused.value)


def test_a_message_is_a_post_of_json(receiver: Receiver) -> None:
    webhook(receiver).tell(NEWS, link="https://kingmaker.example/runs/12")
    [got] = receiver.received
    assert got.path == PATH
    assert got.headers["content-type"] == "application/json"
    assert json.loads(got.body) == {
        "kind": "verdict",
        "cause": "verdict/loans/12",
        "pipeline": "loans",
        "run": 12,
        "title": "loans: run 12 has a new champion",
        "text": "The challenger is proven better: 误杀率 −1.2 points.",
        "count": 1,
        "raised_at": "2026-03-01T12:00:00+00:00",
        "link": "https://kingmaker.example/runs/12",
    }


def test_its_receiver_can_prove_it_as_the_standard_says(receiver: Receiver) -> None:
    webhook(receiver).tell(NEWS)
    [got] = receiver.received
    assert got.headers["webhook-timestamp"] == "1772366400"
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"] == f"v1,{expected}"


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    assert (
        signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body)
        == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_message_that_is_sent_again_has_the_same_identity_and_another_has_not() -> None:
    assert message_id(NEWS) == message_id(news(attempts=4, detail="it answered with 500"))
    assert len({message_id(one) for one in (NEWS, news(number=4), news(count=2), news(cause="disk"))}) == 4


@pytest.mark.parametrize("status", [400, 401, 404, 410, 500, 503])
def test_what_is_not_taken_is_told_with_its_status_and_without_the_address(receiver: Receiver, status: int) -> None:
    receiver.status = status
    told = refusal(receiver)
    assert f"it answered with {status}" in told
    assert told.startswith("webhook 127.0.0.1 ")
    assert "s3cr3t" not in told
    assert "Zm9yZXZlcg" not in told


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, elsewhere: Receiver, status: int) -> None:
    receiver.status, receiver.location = status, elsewhere.url
    assert f"it answered with {status}" in refusal(receiver)
    assert elsewhere.received == []


def test_a_receiver_that_does_not_answer_is_given_up_in_time(receiver: Receiver) -> None:
    receiver.is_mute = True
    assert "it could not be reached: ReadTimeout" in refusal(receiver, seconds=0.2)


def test_a_receiver_that_is_not_there_is_told() -> None:
    with pytest.raises(KingmakerError, match="it could not be reached: ConnectError"):
        Webhook("http://127.0.0.1:9/x", SECRET).tell(NEWS)


@pytest.mark.parametrize(
    "url", ["", "ftp://example.com/x", "https://", "http://[::1", "no address", "file:///etc/passwd"]
)
def test_what_is_no_address_is_refused_without_being_told(url: str) -> None:
    with pytest.raises(KingmakerError, match="a webhook's address is none"):
        Webhook(url, SECRET)


def test_a_secret_is_any_text_or_base64() -> None:
    assert key_of("any text: 密") == "any text: 密".encode()
    assert key_of(SECRET) == b"a secret of thirty-two bytes...."
    with pytest.raises(KingmakerError, match="no base64 follows") as refused:
        key_of("whsec_!!!")
    assert "!!!" not in str(refused.value)


def test_nothing_secret_is_in_any_log(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    webhook(receiver).tell(NEWS)
    receiver.status = 500
    refusal(receiver)
    assert "s3cr3t" not in caplog.text
    assert "Zm9yZXZlcg" not in caplog.text
    assert SECRET.removeprefix("whsec_") not in repr(webhook(receiver)) + webhook(receiver).place
