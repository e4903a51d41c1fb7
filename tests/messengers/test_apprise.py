"""Messages through apprise, over a real connection."""

import json
import logging

import pytest

from kingmaker.adapters.messengers.places import messengers_of
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.notice import NoticeKind
from kingmaker.ports.messenger import Messenger

from .news import NEWS, news
from .receiver import Receiver


def json_place(receiver: Receiver) -> Messenger:
    url = f"{receiver.url.replace('http://', 'json://ann:pa55word@')}/s3cr3t-path?rto=0.3&cto=0.3"
    [place] = messengers_of(urls=[url], webhooks=[], webhook_secret="")
    return place


def test_a_message_reaches_its_place(receiver: Receiver) -> None:
    json_place(receiver).tell(NEWS, link="https://kingmaker.example/runs/12")
    [got] = receiver.received
    said = json.loads(got.body)
    assert said["title"] == "loans: run 12 has a new champion"
    assert "误杀率 −1.2 points." in said["message"]
    assert said["message"].endswith("https://kingmaker.example/runs/12")
    assert said["type"] == "info"


@pytest.mark.parametrize(("kind", "word"), [(NoticeKind.FAULT, "failure"), (NoticeKind.ALARM, "warning")])
def test_its_kind_is_one_that_apprise_knows(receiver: Receiver, kind: NoticeKind, word: str) -> None:
    json_place(receiver).tell(news(kind=kind))
    assert json.loads(receiver.received[0].body)["type"] == word


def test_what_is_not_taken_is_told_with_its_status_and_without_secrets(receiver: Receiver) -> None:
    receiver.status = 503
    with pytest.raises(
        KingmakerError, match=r"^JSON [0-9a-f]{8}: the message was not taken \(it answered with 503\)\.$"
    ):
        json_place(receiver).tell(NEWS)


def test_a_place_that_does_not_answer_is_given_up_in_time(receiver: Receiver) -> None:
    receiver.is_mute = True
    with pytest.raises(KingmakerError, match="it could not be reached, or refused"):
        json_place(receiver).tell(NEWS)


def test_nothing_secret_is_in_any_log(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    place = json_place(receiver)
    place.tell(NEWS)
    receiver.status = 500
    with pytest.raises(KingmakerError):
        place.tell(NEWS)
    for secret in ("pa55word", "s3cr3t-path"):
        assert secret not in caplog.text + place.place + repr(place)


@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("dingtalk://abcdefghijklmno/13800000000", "DingTalk"),
        ("wecombot://deadbeef", "WeCom Bot"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "Slack"),
        ("mailtos://ann:pa55word@example.com", "E-Mail"),
    ],
)
def test_the_usual_places_are_known_and_named_without_secrets(url: str, service: str) -> None:
    [place] = messengers_of(urls=[url], webhooks=[], webhook_secret="")
    [again] = messengers_of(urls=[url, url], webhooks=[], webhook_secret="")
    assert place.place == again.place
    assert place.place.startswith(service)
    assert len(place.place) == len(service) + 9


@pytest.mark.parametrize(
    "url", ["nonsense://t0ken", "t0ken", "", "https://example.org/t0ken", "slack://t0ken", "json://"]
)
def test_a_url_that_means_nothing_is_told_by_its_number_and_not_by_its_text(url: str) -> None:
    with pytest.raises(KingmakerError, match="does not know what URL number 2 means") as refused:
        messengers_of(urls=["wecombot://deadbeef", url], webhooks=[], webhook_secret="")
    assert "t0ken" not in str(refused.value)


def test_webhooks_and_apprises_places_stand_side_by_side() -> None:
    places = messengers_of(urls=["wecombot://deadbeef"], webhooks=["https://a.example/x"], webhook_secret="s")
    assert [place.place.rsplit(" ", 1)[0] for place in places] == ["webhook a.example", "WeCom Bot"]
