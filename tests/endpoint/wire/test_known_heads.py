"""Heads that came before: the same bytes mean the same, and nothing else is taken for them."""

import pytest

from kingmaker.interfaces.endpoint.heads import CLOSE
from kingmaker.interfaces.endpoint.incoming import Incoming
from kingmaker.interfaces.endpoint.known_heads import LONGEST, MOST_HEADS, KnownHeads
from kingmaker.interfaces.endpoint.limits import Limits

POST = b"POST /score HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n%b\r\n%b"
Delivered = tuple[bytes, bytes, dict[bytes, bytes], bytes, int]


class Reading:
    """One connection's reader, and what it delivered. `known` may be shared with others."""

    def __init__(self, known: KnownHeads | None = None) -> None:
        self.known = known or KnownHeads()
        self.delivered: list[Delivered] = []
        self._incoming = Incoming(Limits(), self.known, lambda: 0.0, lambda *parts: self.delivered.append(parts))

    def feed(self, *data: bytes) -> bool:
        """Whether reading has ended for good."""
        return any(self._incoming.feed(part) is not None for part in data)


def post(body: bytes, headers: bytes = b"") -> bytes:
    return POST % (len(body), headers, body)


def test_a_head_that_came_before_means_the_same_on_every_connection() -> None:
    first = Reading()
    first.feed(post(b"{}"))
    assert first.known.find(post(b"[]")) is not None
    second = Reading(first.known)
    second.feed(post(b"[]"), post(b"{}"))
    told = (b"POST", b"/score", {b"host": b"here", b"content-length": b"2"})
    assert [one[:3] for one in (*first.delivered, *second.delivered)] == [told] * 3
    assert [one[3] for one in second.delivered] == [b"[]", b"{}"]


@pytest.mark.parametrize(
    "request_", [post(b"{}", b"Connection: keep-alive\r\n"), post(b"{}", b"Expect: 100-continue\r\n"),
                 b"POST /score HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                 b"GET / HTTP/1.0\r\nHost: here\r\n\r\n", post(b"{}", b"X: " + b"y" * LONGEST + b"\r\n")],
)  # fmt: skip
def test_a_head_that_says_more_than_what_is_asked_is_read_each_time(request_: bytes) -> None:
    here = Reading()
    here.feed(request_)
    assert len(here.delivered) == 1
    assert here.known.find(request_) is None


def test_requests_in_one_piece_or_in_several_are_all_read() -> None:
    here = Reading()
    one, other = post(b"{}"), post(b"[1]")
    here.feed(one, one + other, other[:30], other[30:], one + other[:-1], other[-1:], one)
    assert [body for *_, body, _ in here.delivered] == [b"{}", b"{}", b"[1]", b"[1]", b"{}", b"[1]", b"{}"]


def test_a_body_that_looks_like_a_request_is_a_body() -> None:
    here = Reading()
    inner = post(b"{}")
    here.feed(inner, post(inner), post(inner), inner)
    assert [body for *_, body, _ in here.delivered] == [b"{}", inner, inner, b"{}"]


def test_nothing_is_read_after_a_request_that_closes() -> None:
    here = Reading()
    here.feed(post(b"{}"))
    assert here.feed(post(b"{}", b"Connection: close\r\n"), post(b"{}"))
    assert [persistence == CLOSE for *_, persistence in here.delivered] == [False, True]


def test_no_more_heads_are_remembered_than_there_is_room_for() -> None:
    here = Reading()
    asked = [post(b"{}", b"X-Request: %d\r\n" % number) for number in range(MOST_HEADS + 1)]
    here.feed(*asked)
    assert [here.known.find(one) is not None for one in (asked[0], asked[-1])] == [False, True]
    assert len(here.delivered) == len(asked)
