"""The heads of answers, ready-made: status line and headers up to the length, which is all that differs."""

from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

PLAIN, ALIVE, CLOSE = range(3)
"""What an answer says about its connection: nothing (it stays open), that it stays open, or that it closes."""

_CONNECTION = {PLAIN: b"", ALIVE: b"Connection: keep-alive\r\n", CLOSE: b"Connection: close\r\n"}

_SHORT = 1_024
"""Lengths up to which many answers are alike: bytes."""

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Heads:
    """Heads that were needed since the last `renew`; they carry the date, so they are made anew each second."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, bytes, int], bytes] = {}
        self._whole: dict[tuple[int, bytes, int, int], bytes] = {}
        self._date = b""
        self.renew()

    def renew(self) -> None:
        date = formatdate(usegmt=True).encode()
        if date != self._date:
            self._date = date
            self._made, self._whole = {}, {}

    def of_plain(self, status: int, content_type: bytes, persistence: int, length: int) -> bytes:
        """The whole head of an answer of this length that has no further headers."""
        key = (status, content_type, persistence, length)
        return self._whole.get(key) or self._make_whole(key)

    def of(self, status: int, content_type: bytes, persistence: int) -> bytes:
        """Everything up to the number after `Content-Length: `."""
        key = (status, content_type, persistence)
        return self._made.get(key) or self._make(key)

    def _make_whole(self, key: tuple[int, bytes, int, int]) -> bytes:
        status, content_type, persistence, length = key
        head = b"%b%d\r\n\r\n" % (self.of(status, content_type, persistence), length)
        if length <= _SHORT:
            self._whole[key] = head
        return head

    def _make(self, key: tuple[int, bytes, int]) -> bytes:
        status, content_type, persistence = key
        head = b"HTTP/1.1 %d %b\r\nDate: %b\r\n%bContent-Type: %b\r\nContent-Length: " % (
            status,
            HTTPStatus(status).phrase.encode(),
            self._date,
            _CONNECTION[persistence],
            content_type,
        )
        self._made[key] = head
        return head


def lines_of(headers: Mapping[bytes, bytes]) -> bytes:
    """Further headers, each on its line with its end before it. Raises ValueError for one that would break its line."""
    lines = b"".join(b"\r\n%b: %b" % pair for pair in headers.items())
    if lines.count(b"\n") != len(headers) or lines.count(b"\r") != len(headers):
        message = "a header holds a line break"
        raise ValueError(message)
    return lines
