"""A listener that is told to leave answers whom it has heard, and nobody else."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from kingmaker.interfaces.endpoint.limits import Limits
from kingmaker.interfaces.endpoint.listening import Address, AddressRefused

from .caller import calling, get, post
from .listening import listening


def test_what_is_in_flight_is_answered_and_closes_its_connection() -> None:
    with listening() as there, calling(there.port) as caller, calling(there.port) as other:
        caller.says(post("/held", b"asked before") + get("/echo?behind"))
        while other.asks(get("/held")).body != b"1":
            pass
        leaving = asyncio.run_coroutine_threadsafe(there.listener.close(), there.loop)
        while not there.listener.wire.is_stopping:
            pass
        answer = other.asks(post("/release", b""))
        assert (answer.body, answer.closes) == (b"released", True)
        assert not (first := caller.hears()).closes
        assert first.body == b"asked before"
        assert (last := caller.hears()).closes
        assert last.body == b"behind"
        leaving.result(10)
        with pytest.raises(ConnectionRefusedError), calling(there.port):
            pass


def test_what_takes_too_long_is_broken_off() -> None:
    with listening(Limits(stop=0.2)) as there, calling(there.port) as caller:
        caller.says(post("/held", b"for ever") + get("/held"))
        with calling(there.port) as other:
            while other.asks(get("/held")).body != b"1":
                pass
        there.does(there.listener.close())
        assert caller.hears_the_end()


def test_nobody_who_was_answered_before_loses_a_request_on_the_way_out() -> None:
    """Eight callers ask without a pause: each request gets its answer until one says that it was the last."""
    with listening() as there:

        def ask() -> int:
            with calling(there.port) as caller:
                for asked in range(1_000_000):
                    if caller.asks(get("/echo?x")).closes:
                        return asked
            return -1

        with ThreadPoolExecutor(8) as pool:
            asking = [pool.submit(ask) for _ in range(8)]
            while there.readings()["connections"] < 8:
                pass
            there.does(there.listener.close())
            assert all(one.result(10) >= 0 for one in asking)


def test_an_address_that_is_taken_is_refused_with_a_sentence() -> None:
    with listening() as there, pytest.raises(AddressRefused) as refused, listening(address=Address(port=there.port)):
        pass
    assert refused.value.where == f"127.0.0.1:{there.port}"


def test_a_port_can_be_shared() -> None:
    with (
        listening(address=Address(port=0, reuse_port=True)) as one,
        listening(address=Address(port=one.port, reuse_port=True)) as other,
        calling(other.port) as caller,
    ):
        assert caller.asks(get("/echo?x")).status == 200


def test_an_address_is_told_as_callers_write_it() -> None:
    assert Address(host="::1").url(80) == "http://[::1]:80"
