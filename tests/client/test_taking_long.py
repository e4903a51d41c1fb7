"""What takes longer than one answer: a run that is followed, a request that is waited for, a bundle that arrives in parts."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.serving.publisher import PIPELINE, Publisher

from kingmaker.bundle.keys import SigningKey
from kingmaker.domain.errors import BundleRefused, NotFound, RunRefused, ServerUnreachable
from kingmaker.domain.queue import RunEvent
from kingmaker.interfaces.client import AsyncClient, Client

from .conftest import HASTY, SECRET
from .odd_centre import GONE, Answer, OddCentre, record, refusal
from .test_saying import REQUEST

AT = "2026-11-22T08:00:00Z"


def event(number: int, kind: str = "said", **told: Any) -> dict[str, Any]:
    return {"run": 7, "number": number, "at": AT, "kind": kind, "stage": "train", "text": f"line {number}", **told}


def stream(*events: dict[str, Any], cut: int | None = None) -> Answer:
    """Server-sent events, a comment first; `cut` bytes of the last one are missing."""
    told = "".join(f"id: {one['number']}\nevent: {one['kind']}\ndata: {json.dumps(one)}\n\n" for one in events)
    body = f": here\n\n{told}: over\n\n".encode()
    return Answer(200, body, {"Content-Type": "text/event-stream"}, cut=None if cut is None else len(body) - cut)


def line(state: str = "finished") -> dict[str, Any]:
    reason = "verdict_reached" if state == "finished" else "requested"
    run = {"number": 7, "request": REQUEST["request"], "reason": reason, "started_at": AT}
    return {"run": run, "state": state, "stage": "publish", "decision": "promote", "awaits_decision": False}


class Heard:
    """A Progress that remembers."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def stage(self, name: str, sentence: str) -> None:
        self.told.append((name, sentence))

    def advance(self, done: int, total: int, note: str = "") -> None:
        self.told.append((done, total, note))

    def say(self, sentence: str) -> None:
        self.told.append((sentence,))


def test_a_run_is_followed_to_its_end_across_connections_that_break(centre: OddCentre, client: Client) -> None:
    centre.will_say(
        stream(event(1), event(2), event(3), cut=20), GONE, stream(event(3), cut=3), refusal(503, "storage_failed"),
        stream(event(4, "ended")), stream(event(5)),
    )  # fmt: skip
    assert [one.number for one in client.follow(7)] == [1, 2, 3, 4]
    assert [heard.headers.get("Last-Event-ID") for heard in centre.heard] == [None, "2", "2", "3", "3"]
    assert {heard.headers["Accept"] for heard in centre.heard} == {"text/event-stream"}


def test_a_stream_that_ends_without_the_end_is_taken_up_unless_the_run_is_over(
    centre: OddCentre, client: Client
) -> None:
    centre.will_say(stream(event(1)), record(line("under way")), stream(), record(line()), record([event(2, "ended")]))
    assert [one.number for one in client.follow(7)] == [1, 2]


def test_a_run_that_nobody_tells_of_any_more_is_given_up(centre: OddCentre, client: Client) -> None:
    centre.will_say(stream(event(1)), GONE)
    with pytest.raises(ServerUnreachable):
        list(client.follow(7))


def test_following_what_is_not_there_is_refused_as_elsewhere(centre: OddCentre, client: Client) -> None:
    centre.will_say(refusal(404, "not_found"))
    with pytest.raises(NotFound):
        list(client.follow(7))


def test_an_event_that_is_none_is_told(centre: OddCentre, client: Client) -> None:
    centre.will_say(Answer(200, b"data: {}\n\n", {"Content-Type": "text/event-stream"}))
    with pytest.raises(ServerUnreachable):
        list(client.follow(7))


def test_a_request_is_waited_for_until_its_run_is_over(centre: OddCentre, client: Client) -> None:
    started = record({**REQUEST, "state": "started", "run": 7})
    told = [event(1, "stage"), event(2, "advance", done=3, total=9), event(3), event(4, "ended")]
    centre.will_say(record(REQUEST), record(REQUEST), started, stream(*told), record(line()))
    progress = Heard()
    assert client.wait_for(4, progress=progress).state == "finished"
    assert progress.told == [("train", "line 1"), (3, 9, "line 2"), ("line 3",)]


def test_a_request_that_was_withdrawn_is_waited_for_no_longer(centre: OddCentre, client: Client) -> None:
    centre.will_say(record({**REQUEST, "state": "cancelled", "detail": "Not today."}))
    with pytest.raises(RunRefused, match="request 4 was withdrawn"):
        client.wait_for(4)


def test_a_report_is_the_page_as_it_is(centre: OddCentre, client: Client) -> None:
    centre.will_say(Answer(200, b"<html>", {"Content-Type": "text/html; charset=utf-8"}))
    assert client.report(7) == b"<html>"


def test_the_awaited_client_does_the_same(centre: OddCentre) -> None:
    async def followed() -> list[RunEvent]:
        async with AsyncClient(centre.url, token=SECRET, patience=HASTY) as client:
            return [one async for one in client.follow(7)]

    centre.will_say(GONE, stream(event(1), event(2), cut=20), stream(event(2), event(3, "ended")))
    assert [one.number for one in asyncio.run(followed())] == [1, 2, 3]


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, Any], list[dict[str, str]]]:
    """A bundle's bytes, its record, and the publisher's key."""
    folder = tmp_path_factory.mktemp("publisher")
    publisher = Publisher(folder / "vault", SigningKey.create(folder / "signing.key"))
    placed = publisher.publish(1)
    told = {"version": placed.version, "pipeline": PIPELINE, "run": 1, "archive": placed.archive}
    key = publisher.key.public
    model = {**told, "learner": "scorecard", "published_at": datetime.now(UTC).isoformat()}
    return publisher.place_of(placed).read_bytes(), model, [{"id": key.id, "text": key.text}]


def part(data: bytes, first: int, cut: int | None = None) -> Answer:
    headers = {"Content-Type": "application/octet-stream"}
    if not first:
        return Answer(200, data, headers, cut=cut)
    told = f"bytes {first}-{len(data) - 1}/{len(data)}"
    return Answer(206, data[first:], {**headers, "Content-Range": told}, cut=cut)


def test_a_bundle_arrives_in_parts_and_is_its_publishers(
    centre: OddCentre, client: Client, published: tuple[Any, ...], tmp_path: Path
) -> None:
    data, model, keys = published
    centre.will_say(record(model), part(data, 0, cut=1000), GONE, part(data, 1000), record(keys))
    exported = client.export(PIPELINE, model["version"][:8], tmp_path / "out.kingmaker")
    assert (tmp_path / "out.kingmaker").read_bytes() == data
    assert (exported.version, exported.key, exported.bytes) == (model["version"], keys[0]["id"], len(data))
    assert [heard.headers.get("Range") for heard in centre.heard[1:4]] == [None, "bytes=1000-", "bytes=1000-"]
    assert list(tmp_path.iterdir()) == [tmp_path / "out.kingmaker"]


def test_a_transfer_that_was_given_up_goes_on_another_day(
    centre: OddCentre, client: Client, published: tuple[Any, ...], tmp_path: Path
) -> None:
    data, model, keys = published
    centre.will_say(record(model), part(data, 0, cut=1000), GONE)
    with pytest.raises(ServerUnreachable):
        client.export(PIPELINE, model["version"], tmp_path / "out.kingmaker")
    assert not (tmp_path / "out.kingmaker").exists()
    centre.will_say(record(model), part(data, 1000), record(keys))
    client.export(PIPELINE, model["version"], tmp_path / "out.kingmaker")
    assert (tmp_path / "out.kingmaker").read_bytes() == data


def test_what_arrives_changed_or_signed_by_a_stranger_is_kept_nowhere(
    centre: OddCentre, client: Client, published: tuple[Any, ...], tmp_path: Path
) -> None:
    data, model, _ = published
    stranger = SigningKey.create(tmp_path / "stranger.key").public
    centre.will_say(record(model), part(data[:-1] + b"?", 0))
    with pytest.raises(BundleRefused):
        client.export(PIPELINE, model["version"], tmp_path / "out.kingmaker")
    assert list(tmp_path.glob(".*")) == []
    centre.will_say(record(model), part(data, 0), record([{"id": stranger.id, "text": stranger.text}]))
    with pytest.raises(BundleRefused, match="not trusted"):
        client.export(PIPELINE, model["version"], tmp_path / "out.kingmaker")
    assert not (tmp_path / "out.kingmaker").exists()
