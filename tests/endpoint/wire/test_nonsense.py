"""Whatever bytes arrive, the next caller is answered, and nothing unexpected happened."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kingmaker.interfaces.endpoint.limits import Limits

from .caller import calling, chunked, get, post
from .listening import Listening, listening

SENSE = [
    get("/echo?x", "X-Ask: y"),
    post("/echo", b"body" * 20),
    chunked("/echo", b"one", b"two"),
    post("/echo", b"body", "Expect: 100-continue"),
    get("/models/m/versions/%31", "Connection: close"),
    get("/echo", "Connection: Upgrade", "Upgrade: h2c"),
    b"CONNECT host:1 HTTP/1.1\r\nHost: host\r\n\r\ntunnelled",
]


@pytest.fixture(scope="module")
def there() -> Iterator[Listening]:
    with listening(Limits(body_bytes=500, head_bytes=500)) as running:
        yield running


@st.composite
def nearly_sense(draw: st.DrawFn) -> bytes:
    """Requests one after the other, with pieces cut out, doubled or replaced."""
    said = bytearray(b"".join(draw(st.lists(st.sampled_from(SENSE), min_size=1, max_size=4))))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(said)))
        stop = min(len(said), start + draw(st.integers(0, 12)))
        said[start:stop] = draw(st.binary(max_size=6) | st.just(bytes(said[start:stop]) * 2))
    return bytes(said)


@given(said=st.binary(max_size=300) | nearly_sense(), cut=st.integers(0, 400))
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nonsense_harms_nobody_else(there: Listening, said: bytes, cut: int) -> None:
    with calling(there.port) as caller, suppress(ConnectionError):
        caller.says(said[:cut])
        caller.says(said[cut:])
        with suppress(OSError):  # it may have been closed already
            caller.sock.shutdown(1)
        while answer := caller.sock.recv(65_536):
            assert b"HTTP/1.1 500" not in answer
    with calling(there.port) as caller:
        assert caller.asks(get("/echo?well")).body == b"well"
    readings = there.readings()
    assert (readings["unexpected_errors"], readings["requests_in_flight"]) == (0, 0)
