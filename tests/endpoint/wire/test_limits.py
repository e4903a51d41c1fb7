"""What is refused, and how a caller learns of it."""

from contextlib import suppress

import pytest

from kingmaker.interfaces.endpoint.limits import Limits

from .caller import calling, chunked, get, post
from .listening import listening

SMALL = Limits(body_bytes=1_000, target_bytes=200, head_bytes=2_000)


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (get("/echo?" + "x" * 200), 414, "target_too_long"),
        (get("/echo", *(f"X-{number}: {'y' * 90}" for number in range(25))), 431, "headers_too_large"),
        (get("/echo", "X-Long: " + "y" * 400_000), 431, "headers_too_large"),
        (post("/echo", b"b" * 1_001), 413, "body_too_large"),
        (post("/echo", b"")[:-4].replace(b": 0", b": 99999999999"), 413, "body_too_large"),
        (chunked("/echo", *[b"c" * 100] * 11), 413, "body_too_large"),
        (chunked("/echo", *[b"c"] * 1_001), 413, "body_too_large"),
        (b"GET /echo HTTP/1.1\r\n\r\n", 400, "malformed_http"),
        (b"GET /echo HTTP/3.7\r\nHost: x\r\n\r\n", 400, "malformed_http"),
        (b"FETCH /echo HTTP/1.1\r\nHost: x\r\n\r\n", 400, "malformed_http"),
        (b"GET /echo HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400, "malformed_http"),
        (b"GET /echo HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", 400, "malformed_http"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "malformed_http"),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "malformed_http"),
        (
            b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            "malformed_http",
        ),
        (b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "malformed_http"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "malformed_http"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "malformed_http"),
    ],
)
def test_what_is_too_much_or_no_http_is_refused_and_the_connection_closed(
    request_: bytes, status: int, code: str
) -> None:
    with listening(SMALL) as there, calling(there.port) as caller:
        with suppress(ConnectionError):  # it may be told before it has said everything
            caller.says(request_.replace(b": 99999999999", b": 99999999999\r\n\r\n"))
        answer = caller.hears()
        assert (answer.status, answer.problem["code"], answer.closes) == (status, code, True)
        assert caller.hears_the_end()


def test_what_is_just_within_the_limits_is_answered() -> None:
    with listening(SMALL) as there, calling(there.port) as caller:
        assert caller.asks(post("/echo", b"b" * 1_000)).status == 200
        assert caller.asks(chunked("/echo", *[b"c" * 100] * 10)).status == 200
        assert caller.asks(get("/echo?" + "x" * 190)).status == 200


def test_a_body_is_refused_by_its_length_alone_also_when_its_sender_waits_to_be_told() -> None:
    with listening(SMALL) as there, calling(there.port) as caller:
        head = post("/echo", b"b" * 2_000, "Expect: 100-continue")[:-2_000]
        assert caller.asks(head).problem["code"] == "body_too_large"


def test_a_refused_caller_hears_why_however_much_it_still_sends() -> None:
    with listening(SMALL) as there, calling(there.port) as caller:
        caller.says(post("/echo", b"b" * 3_000_000))
        assert caller.hears().status == 413


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_an_encoded_body_is_refused_and_the_connection_goes_on(encoding: str) -> None:
    with listening() as there, calling(there.port) as caller:
        answer = caller.asks(post("/echo", b"...", f"Content-Encoding: {encoding}"))
        assert (answer.status, answer.problem["where"]) == (415, "Content-Encoding")
        assert caller.asks(post("/echo", b"plain", "Content-Encoding: identity")).body == b"plain"


def test_a_body_that_is_transferred_encoded_is_refused() -> None:
    with listening() as there, calling(there.port) as caller:
        request = chunked("/echo", b"x").replace(b": chunked", b": gzip, chunked")
        assert caller.asks(request).problem["code"] == "transfer_encoding_unsupported"


def test_a_connection_too_many_is_turned_away_and_there_is_room_again_later() -> None:
    with listening(Limits(connections=1)) as there:
        with calling(there.port) as first:
            assert first.asks(get("/echo?1")).status == 200
            with calling(there.port) as second:
                answer = second.hears()
                assert (answer.status, answer.headers["retry-after"]) == (503, "1")
                assert answer.problem["code"] == "too_many_connections"
                assert second.hears_the_end()
            assert first.asks(get("/echo?2")).status == 200
        while there.readings()["connections"]:
            pass
        with calling(there.port) as third:
            assert third.asks(get("/echo?3")).status == 200
        assert there.readings()["connections_turned_away"] == 1


def test_requests_beyond_those_in_flight_are_told_to_come_back_and_probes_are_answered() -> None:
    with listening(Limits(in_flight=1)) as there, calling(there.port) as busy, calling(there.port) as other:
        busy.says(post("/held", b"slow"))
        while other.asks(get("/held")).body != b"1":
            pass
        answer = other.asks(get("/echo?now"))
        assert (answer.status, answer.problem["code"], answer.headers["retry-after"]) == (503, "too_busy", "1")
        assert other.asks(get("/health/live")).status == 200
        other.asks(post("/release", b""))
        assert busy.hears().body == b"slow"
        assert other.asks(get("/echo?now")).status == 200


def test_an_unexpected_error_is_told_without_its_details_counted_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with listening() as there, calling(there.port) as caller:
        for _ in range(3):
            answer = caller.asks(get("/broken"))
            assert (answer.status, answer.problem["code"]) == (500, "unexpected")
            assert b"LookupError" not in answer.body
        assert there.readings()["unexpected_errors"] == 3
    assert [record.getMessage() for record in caplog.records if "/broken" in record.getMessage()] == [
        "GET /broken failed, and later ones alike are only counted"
    ]
