"""Twenty thousand requests that no client should send: each gets a clear answer, none a 5xx, and memory stays where it was."""

import json
import random
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import msgspec
import pytest
from tests.endpoint.hosting import Running

REQUESTS = 20_000
WARM = 4_000
MOST_GROWTH = 24 << 20
"""Bytes."""

TYPES = (
    "application/json",
    "",
    "text/csv",
    "application/json; charset=gbk",
    "\u00ff\u00fe",
    "application/x+json",
    "a" * 900,
)
QUERIES = (
    "",
    "",
    "",
    "?reasons=1",
    "?reasons=21",
    "?reasons=-1",
    "?reasons=%00",
    "?reasons",
    "?&&==&",
    "?reasons=1e3",
    "?%FF=%FF",
)
LITERALS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e400",
    "1" + "0" * 320,
    "1" + "0" * 5000,
    "-0",
    "1e-999",
    "0x10",
    "01",
    "+1",
    "1.",
    ".5",
    "tru",
    "undefined",
)
TEXTS = (
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\x01"',
    '"' + "a" * 5000 + '"',
    '"\\x"',
    '"1_000"',
    '"١٢"',
    '"nan"',
    '"🏦"',
    '"inf"',
)
NAMES = ("amount", "term", "purpose", "loan", "id", "", "amuont", "__class__", "\\u0061mount", "🏦", "x" * 3000)


def value(draw: random.Random, depth: int = 0) -> str:
    kind = draw.randrange(12)
    if kind < 3:
        return draw.choice(LITERALS)
    if kind < 6:
        return draw.choice(TEXTS)
    if kind < 8:
        return repr(draw.uniform(-1e300, 1e300))
    if kind == 8 and depth < 4:
        return "[" + ",".join(value(draw, depth + 1) for _ in range(draw.randrange(4))) + "]"
    if kind == 9 and depth < 4:
        return row(draw, depth + 1)
    return draw.choice(("null", "true", "false", "1", '"car"'))


def row(draw: random.Random, depth: int = 0) -> str:
    names = draw.choices(NAMES, k=draw.randrange(6))
    return "{" + ",".join(f'"{name}":{value(draw, depth)}' for name in names) + "}"


def broken(draw: random.Random, body: bytes) -> bytes:
    """Cut short, or with bytes changed, put in or taken out."""
    changed = bytearray(body)
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(changed) + 1)
        what = draw.randrange(4)
        if what == 0:
            del changed[place:]
        elif what == 1:
            changed[place:place] = bytes([draw.randrange(256)])
        elif what == 2:
            del changed[place : place + 1]
        else:
            changed[place : place + 1] = draw.randbytes(2)
    return bytes(changed)


def body(draw: random.Random) -> bytes:
    kind = draw.randrange(14)
    if kind == 0:
        return draw.randbytes(draw.randrange(200))
    if kind == 1:
        depth = draw.choice((10, 500, 1100, 20_000))
        return draw.choice(("[", '{"amount":', '[{"x":[')).encode() * depth
    if kind == 2:
        many = draw.choice((10_000, 10_001)) if draw.random() < 0.05 else draw.choice((1, 257))
        return json.dumps([{"amount": 1}] * many).encode()
    if kind == 3:
        return b"\xef\xbb\xbf" + row(draw).encode()
    if kind == 4:
        return row(draw).encode(draw.choice(("utf-16", "utf-32", "utf-16-be")), "surrogatepass")
    good = (row(draw) if kind % 2 else "[" + ",".join(row(draw) for _ in range(draw.randrange(5))) + "]").encode()
    return broken(draw, good) if kind < 9 else good


def requests(count: int, seed: int) -> Iterator[tuple[str, bytes, str]]:
    draw = random.Random(seed)
    for _ in range(count):
        yield draw.choice(QUERIES), body(draw), draw.choice(TYPES) if draw.random() < 0.2 else "application/json"


def memory() -> int:
    """Resident bytes of this process, the endpoint's as well."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def send(here: Running, count: int, seed: int) -> dict[int, int]:
    statuses: dict[int, int] = {}
    connection = HTTPConnection(here.address, timeout=30)
    for query, sent, kind in requests(count, seed):
        connection.request("POST", f"/score{query}", sent, {"Content-Type": kind.encode("latin-1")})
        answer = connection.getresponse()
        told = answer.read()
        statuses[answer.status] = statuses.get(answer.status, 0) + 1
        if answer.status != 200:
            problem = msgspec.json.decode(told)
            assert problem["status"] == answer.status
            assert problem["code"]
            assert len(told) < 2_000
        else:
            msgspec.json.decode(told)
    connection.close()
    return statuses


def check(here: Running, count: int, seed: int) -> None:
    statuses = send(here, count, seed)
    assert set(statuses) <= {200, 400, 409, 413, 415, 422}
    assert all(statuses[status] for status in (200, 400, 415, 422))


def test_bad_requests_are_told_what_is_wrong(endpoint: Running) -> None:
    check(endpoint, 1_000, seed=1)
    assert endpoint.post("/score", {"amount": 5}).status == 200


@pytest.mark.slow
def test_twenty_thousand_bad_requests_leave_no_trace(endpoint: Running) -> None:
    check(endpoint, WARM, seed=2)
    endpoint.journal.batches.clear()
    before = memory()
    for part in range(4):
        check(endpoint, (REQUESTS - WARM) // 4, seed=3 + part)
        endpoint.journal.batches.clear()
    assert memory() - before < MOST_GROWTH
    assert endpoint.post("/score", {"amount": 5}).status == 200
