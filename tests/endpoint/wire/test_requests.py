"""What the wire reads, and how it answers."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .caller import Caller, calling, chunked, get, post
from .listening import LOOPS, Listening, listening


@pytest.fixture(scope="module", params=LOOPS)
def there(request: pytest.FixtureRequest) -> Iterator[Listening]:
    with listening(loop=request.param) as running:
        yield running


@pytest.fixture
def caller(there: Listening) -> Iterator[Caller]:
    with calling(there.port) as one:
        yield one


def test_a_connection_serves_one_request_after_the_other(caller: Caller) -> None:
    for body in (b"one", b"", b"three" * 50_000):
        answer = caller.asks(post("/echo", body))
        assert (answer.status, answer.body) == (200, body)
        assert "connection" not in answer.headers
    assert caller.asks(get("/echo?a=1&b=%20")).body == b"a=1&b=%20"


def test_an_answer_says_when_and_what_it_is(caller: Caller) -> None:
    answer = caller.asks(get("/health/live"))
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["date"].endswith(" GMT")


def test_headers_are_found_by_their_lower_case_names_and_joined_when_repeated(caller: Caller) -> None:
    assert caller.asks(get("/echo", "X-ASK: one", "x-Ask: two")).headers["x-asked"] == "one, two"


def test_a_chunked_body_is_put_together_and_its_trailers_say_nothing(caller: Caller) -> None:
    assert caller.asks(chunked("/echo", b"one ", b"two ", b"three")).body == b"one two three"
    trailed = chunked("/echo", b"x")[:-2] + b"X-Ask: late\r\n\r\n"
    assert caller.asks(trailed).headers["x-asked"] == ""
    assert caller.asks(get("/echo")).headers["x-asked"] == ""


def test_the_head_of_an_answer_is_had_without_its_body(caller: Caller) -> None:
    caller.says(b"HEAD /health/live HTTP/1.1\r\nHost: test\r\n\r\n")
    answer = caller.hears(without_body=True)
    assert (answer.status, answer.headers["content-length"]) == (200, "13")
    assert caller.asks(get("/health/live")).body == b'{"live":true}'


def test_a_caller_that_waits_for_a_hundred_is_told_to_go_on(caller: Caller) -> None:
    request = post("/echo", b"body", "Expect: 100-continue")
    assert caller.asks(request[:-4]).status == 100
    assert caller.asks(b"body").body == b"body"


def test_http_1_0_closes_unless_asked_to_stay(there: Listening) -> None:
    with calling(there.port) as caller:
        kept = caller.asks(b"GET /echo?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        assert (kept.body, kept.headers["connection"]) == (b"1", "keep-alive")
        answer = caller.asks(b"GET /echo?2 HTTP/1.0\r\n\r\n")
        assert (answer.body, answer.closes) == (b"2", True)
        assert caller.hears_the_end()


def test_a_connection_closes_when_its_caller_says_so(caller: Caller) -> None:
    assert caller.asks(get("/echo?x", "Connection: close")).closes
    assert caller.hears_the_end()


def test_an_offer_of_another_protocol_is_passed_over(caller: Caller) -> None:
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")
    assert caller.asks(post("/echo", b"with a body", *offer)).body == b"with a body"
    assert caller.asks(get("/echo?next")).body == b"next"


def test_a_caller_that_only_stopped_sending_is_answered(there: Listening) -> None:
    with calling(there.port) as caller:
        caller.says(post("/held", b"answer me"))
        caller.sock.shutdown(1)
        with calling(there.port) as other:
            while other.asks(get("/held")).body != b"1":
                pass
            other.asks(post("/release", b""))
        assert caller.hears().body == b"answer me"
        assert caller.hears_the_end()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/models/m/versions/7", b"name=m|version=7"),
        ("/models/a%2Fb/versions/%E5%80%BC", "name=a/b|version=值".encode()),
        ("http://elsewhere:80/models/m/versions/7?x", b"name=m|version=7"),
    ],
)
def test_the_names_in_a_path_are_told(caller: Caller, path: str, told: bytes) -> None:
    assert caller.asks(get(path)).body == told


def test_an_escaped_path_is_the_path(caller: Caller) -> None:
    assert caller.asks(get("/%65cho?%65")).body == b"%65"


@pytest.mark.parametrize("path", ["/models//versions/7", "/models/m", "/nothing", "/echo/", "*"])
def test_a_path_that_nothing_is_at_is_not_found(caller: Caller, path: str) -> None:
    assert caller.asks(get(path)).problem["code"] == "no_such_path"


def test_a_method_that_a_path_does_not_know_is_told_those_it_does(caller: Caller) -> None:
    answer = caller.asks(b"DELETE /echo HTTP/1.1\r\nHost: test\r\n\r\n")
    assert answer.problem["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "GET, HEAD, POST"


@given(body=st.binary(max_size=2_000), cuts=st.lists(st.integers(min_value=1, max_value=400), max_size=12))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_does_not_matter_where_packets_end(there: Listening, body: bytes, cuts: list[int]) -> None:
    request = post("/echo", body, "X-Ask: a value") + chunked("/echo", body, body) + get("/echo?last")
    with calling(there.port) as caller:
        caller.sock.setsockopt(6, 1, 1)
        for cut in cuts:
            caller.says(request[:cut])
            request = request[cut:]
        caller.says(request)
        assert [caller.hears().body for _ in range(3)] == [body, body + body, b"last"]
