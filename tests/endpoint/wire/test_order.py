"""Requests that are sent without waiting for answers."""

from kingmaker.interfaces.endpoint.limits import Limits

from .caller import Caller, calling, get, post
from .listening import listening


def when_held(caller: Caller, number: int) -> None:
    while int(caller.asks(get("/held")).body) != number:
        pass


def test_pipelined_requests_are_answered_in_their_order_each_after_the_one_before() -> None:
    with listening() as there, calling(there.port) as caller, calling(there.port) as other:
        caller.says(post("/held", b"slow") + get("/echo?quick") + post("/held", b"slower") + get("/echo?last"))
        when_held(other, 1)
        other.asks(post("/release", b""))
        assert [caller.hears().body for _ in range(2)] == [b"slow", b"quick"]
        when_held(other, 1)
        other.asks(post("/release", b""))
        assert [caller.hears().body for _ in range(2)] == [b"slower", b"last"]


def test_no_more_is_read_from_a_caller_that_sends_far_ahead_and_nothing_is_lost() -> None:
    with listening(Limits(pipelined=4)) as there, calling(there.port) as caller, calling(there.port) as other:
        caller.says(post("/held", b"first"))
        when_held(other, 1)
        for number in range(500):
            caller.says(post("/echo", str(number).encode()))
        other.asks(post("/release", b""))
        assert caller.hears().body == b"first"
        assert [int(caller.hears().body) for _ in range(500)] == list(range(500))


def test_a_hundred_in_one_packet_are_answered_without_recursion() -> None:
    with listening() as there, calling(there.port) as caller, calling(there.port) as other:
        requests = b"".join(post("/echo", str(number).encode()) for number in range(3_000))
        caller.says(post("/held", b"first"))
        when_held(other, 1)
        caller.says(requests[:60_000])
        other.asks(post("/release", b""))
        assert caller.hears().body == b"first"
        caller.says(requests[60_000:])
        assert [int(caller.hears().body) for _ in range(3_000)] == list(range(3_000))


def test_a_caller_who_hangs_up_is_forgotten_and_others_are_answered() -> None:
    with listening() as there, calling(there.port) as other:
        with calling(there.port) as caller:
            caller.says(post("/held", b"never read") + get("/echo?neither"))
            when_held(other, 1)
        assert other.asks(post("/release", b"")).body == b"released"
        while there.readings()["connections"] > 1:
            pass
        assert there.readings()["requests_in_flight"] == 0


def test_what_was_asked_before_nonsense_is_answered_before_it_is_refused() -> None:
    with listening() as there, calling(there.port) as caller, calling(there.port) as other:
        caller.says(post("/held", b"sense") + b"nonsense\r\n\r\n")
        when_held(other, 1)
        other.asks(post("/release", b""))
        assert caller.hears().body == b"sense"
        assert caller.hears().problem["code"] == "malformed_http"
        assert caller.hears_the_end()
