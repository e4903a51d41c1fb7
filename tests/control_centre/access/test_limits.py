"""Too much at once, too many tries, too large a body: refused early, in words, and for nobody else."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.control_centre.hosting import hosted

from kingmaker.domain.access import Role
from kingmaker.domain.errors import TooMany
from kingmaker.interfaces.control_centre.rates import Pace, Rates, address_of

from .conftest import Clock, Front, front_of

LIMIT = 64 * 1024


@pytest.fixture
def narrow(house, clock: Clock) -> Front:
    return front_of(house, clock, body_bytes=LIMIT)


@given(
    st.lists(st.floats(0, 10), max_size=60),
    st.integers(1, 5),
    st.floats(0.1, 5),
)
@settings(deadline=None, max_examples=100)
def test_no_more_is_granted_than_the_burst_and_the_pace_since(waits: list[float], burst: int, a_second: float):
    now = [0.0]
    rates = Rates(Pace(a_second, burst), clock=lambda: now[0])
    for granted, wait in enumerate(waits, start=1):
        now[0] += wait
        seconds = waited(rates)
        now[0] += seconds
        if seconds:
            rates.take("ann")
        assert granted <= burst + now[0] * a_second + 1e-6


def waited(rates: Rates) -> int:
    """Whoever comes again when they were told to is let in."""
    try:
        rates.take("ann")
    except TooMany as error:
        seconds = error.retry_after
    else:
        return 0
    return seconds


def test_one_caller_takes_nothing_from_another():
    rates = Rates(Pace(1, 1), clock=lambda: 0.0)
    rates.take("ann")
    rates.take("bob")
    with pytest.raises(TooMany):
        rates.take("ann")


def test_a_flood_of_callers_fills_no_memory():
    rates = Rates(Pace(1, 1), clock=lambda: 0.0, most=2)
    for caller in ("ann", "bob", "cy", "ann"):
        rates.take(caller)
    with pytest.raises(TooMany):
        rates.take("cy")


def test_an_address_is_the_network_of_its_owner():
    same = [address_of({"client": (f"2001:db8:1:2::{n}", 1)}) for n in (1, 2)]
    assert same[0] == same[1] == "20010db800010002/64".lstrip("0")
    assert address_of({"client": ("2001:db8:1:3::1", 1)}) != same[0]
    assert address_of({"client": ("192.0.2.7", 1)}) == "192.0.2.7"
    assert address_of({"client": ("testclient", 1)}) == "testclient"
    assert address_of({}) == "unknown"


def test_whoever_asks_too_much_is_told_when_to_come_again(house, clock: Clock):
    front = front_of(house, clock, address=Pace(0.01, 3))
    answers = [front.nobody().get("/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[3].json()["code"] == "too_many"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 100
    assert answers[3].headers["X-Content-Type-Options"] == "nosniff"


def test_one_principal_takes_nothing_from_another(house, clock: Clock):
    front = front_of(house, clock, principal=Pace(0.01, 2))
    busy, other = front.with_role(Role.VIEWER, name="busy"), front.with_role(Role.VIEWER, name="other")
    assert [busy.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    assert other.get("/me").status_code == 200


def test_whoever_guesses_tokens_is_slowed_down_and_nobody_else_at_that_address(house, clock: Clock):
    front = front_of(house, clock, failures=Pace(0.01, 3))
    good, guesser = front.with_role(Role.VIEWER), front.bearing(f"km_{'0' * 12}_{'0' * 64}")
    assert [guesser.get("/me").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert good.get("/me").status_code == 200


def test_a_program_with_an_old_token_keeps_nobody_from_logging_in(house, clock: Clock):
    front = front_of(house, clock, failures=Pace(0.01, 3))
    front.person()
    old = front.bearing(f"km_{'0' * 12}_{'0' * 64}")
    assert [old.get("/me").status_code for _ in range(4)] == [401, 401, 401, 429]
    assert front.logged_in().get("/me").is_success


def test_whoever_guesses_passwords_of_many_people_is_slowed_down(house, clock: Clock):
    front = front_of(house, clock, failures=Pace(0.01, 3))
    tried = [front.nobody().post("/login", json={"name": f"n{n}", "password": "x"}).status_code for n in range(4)]
    assert tried == [401, 401, 401, 429]


@pytest.mark.parametrize("size", [LIMIT, LIMIT + 1])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_is_as_large_as_it_may_be_and_no_larger(narrow: Front, size: int, is_chunked: bool):
    def pieces() -> Iterator[bytes]:
        yield from (bytes(1000) for _ in range(size // 1000))
        yield bytes(size % 1000)

    sent = pieces() if is_chunked else bytes(size)
    answer = narrow.nobody().post("/login", content=sent, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (
        (413, "too_large") if size > LIMIT else (422, "request_malformed")
    )
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_large_body_is_refused_before_it_is_sent(narrow: Front):
    """Announced or not, over a real line: the answer comes while most of the body was never sent."""
    with hosted(narrow.app) as url:
        for announced in (b"Content-Length: 1000000000", b"Transfer-Encoding: chunked"):
            port = int(url.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\n" + announced + b"\r\n\r\n")
                if b"chunked" in announced:
                    line.sendall(b"11000\r\n" + bytes(0x11000) + b"\r\n")
                answer = line.recv(65536)
            assert answer.startswith(b"HTTP/1.1 413 ")
            assert b'"code":"too_large"' in answer or b"too_large" in answer


@pytest.mark.parametrize("path", ["/pipelines/outcomes", "/pipelines/loans", "/nowhere", "/tokens"])
def test_no_name_gets_round_the_limit(narrow: Front, first: str, path: str):
    sent = {"content": bytes(LIMIT + 1), "headers": {"Content-Type": "application/yaml"}}
    assert narrow.bearing(first).put(path, **sent).status_code == 413


def test_files_have_limits_of_their_own(narrow: Front):
    caller = narrow.with_role(Role.ENDPOINT)
    answer = caller.post("/pipelines/loans/outcomes", content=bytes(LIMIT + 1), headers={"Content-Type": "text/csv"})
    assert answer.status_code not in {401, 403, 413}


def test_a_lie_about_the_length_gains_nothing(narrow: Front):
    for length in ("-1", "1e3", "99999999999999999999999999"):
        answer = narrow.nobody().post("/login", content=b"{}", headers={"Content-Length": length})
        assert 400 <= answer.status_code < 500


def test_a_body_nested_without_end_is_refused(front: Front):
    sent = b'{"name":' + b"[" * 200_000
    answer = front.nobody().post("/login", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("path", ["/me", "/tokens", "/nowhere", "/openapi.json"])
def test_every_answer_tells_browsers_to_be_careful(front: Front, path: str):
    headers = front.nobody().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_over_tls_browsers_are_told_to_stay_there(front: Front):
    caller = front.nobody()
    caller.base_url = "https://testserver/api/v1"
    assert caller.get("/me").headers["Strict-Transport-Security"] == "max-age=31536000"
