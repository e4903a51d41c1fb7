"""Heads that came before: callers send the same bytes again and again, and what they mean is worked out once."""

from dataclasses import dataclass

MOST_HEADS, LONGEST = 256, 1_024
"""Heads that are remembered, and bytes that one may have. A head for each length of body, so there are some for each caller."""

_END = b"\r\n\r\n"
_NEVER = frozenset({b"connection", b"expect", b"transfer-encoding", b"upgrade"})
"""Headers that say more than what is in the request: how it is framed, or what becomes of its connection."""


@dataclass(frozen=True, slots=True)
class KnownHead:
    """What the reader made of a head. Nobody may change `headers`. `length` is the body's in bytes, which follows the head."""

    verb: bytes
    target: bytes
    headers: dict[bytes, bytes]
    length: int


class KnownHeads:
    """Shared by the connections of one event loop, and belongs to its thread.

    A head is looked up by all of its bytes, so that what is found is what the reader itself would make of them. Only requests
    that came whole, by themselves, and whose length their head tells are remembered or found.
    """

    def __init__(self) -> None:
        self._heads: dict[bytes, KnownHead] = {}

    def find(self, data: bytes) -> tuple[KnownHead, bytes] | None:
        """The head and the body of data that is one whole request with a known head."""
        end = data.find(_END) + len(_END)
        known = self._heads.get(data[:end])
        return (known, data[end:]) if known is not None and len(data) - end == known.length else None

    def learn(self, data: bytes, head: KnownHead) -> None:
        """Remember the head of the request that was read last, if these are all of its bytes and no others."""
        end = data.find(_END) + len(_END)
        if len(data) - end != head.length or end > LONGEST or not _NEVER.isdisjoint(head.headers):
            return
        if len(self._heads) >= MOST_HEADS:
            self._heads.clear()
        self._heads[data[:end]] = head
