"""Callers that take too long. Each test waits for a limit of a few tenths of a second."""

from dataclasses import replace

import pytest

from kingmaker.interfaces.endpoint.limits import Limits

from .caller import calling, get, post
from .listening import listening

PATIENT = Limits(head=30.0, body=30.0, idle=30.0, write=30.0)


@pytest.mark.parametrize("said", [b"G", b"GET /echo HT", b"GET /echo HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_end_is_given_up(said: bytes) -> None:
    with listening(replace(PATIENT, head=0.2)) as there, calling(there.port) as caller:
        answer = caller.asks(said)
        assert (answer.status, answer.problem["code"], answer.closes) == (408, "request_timeout", True)
        assert caller.hears_the_end()


def test_a_head_that_drips_is_given_up() -> None:
    with listening(replace(PATIENT, head=0.3)) as there, calling(there.port) as caller:
        caller.sock.settimeout(0.02)
        caller.says(b"GET /echo HTTP/1.1\r\n")
        for _ in range(200):
            caller.says(b"X: y\r\n")
            try:
                assert caller.hears().status == 408
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("it was never given up")


def test_a_body_that_does_not_end_is_given_up() -> None:
    with listening(replace(PATIENT, body=0.2)) as there, calling(there.port) as caller:
        answer = caller.asks(post("/echo", b"body")[:-1])
        assert (answer.status, answer.problem["detail"]) == (
            408,
            "the request's body did not arrive within 0.2 seconds",
        )


def test_a_connection_without_requests_is_closed_without_a_word() -> None:
    with listening(replace(PATIENT, idle=0.2)) as there:
        with calling(there.port) as silent:
            assert silent.hears_the_end()
        with calling(there.port) as caller:
            assert caller.asks(get("/echo?x")).status == 200
            assert caller.hears_the_end()


def test_a_caller_that_is_waiting_for_its_answer_is_not_idle() -> None:
    with listening(replace(PATIENT, idle=0.2)) as there, calling(there.port) as caller:
        caller.says(post("/held", b"slow"))
        with calling(there.port) as silent:
            assert silent.hears_the_end()
        with calling(there.port) as other:
            other.asks(post("/release", b""))
        assert caller.hears().body == b"slow"


def test_a_caller_that_does_not_read_is_not_read_from_and_cut_off_in_the_end() -> None:
    with listening(replace(PATIENT, write=0.3)) as there, calling(there.port) as caller:
        caller.sock.settimeout(0.2)
        with pytest.raises(TimeoutError):  # long before the system's buffers have taken so much
            caller.says(get("/large?1000000") * 1_000_000)
        while there.readings()["connections"]:
            pass


def test_a_caller_that_reads_late_gets_everything() -> None:
    with listening(PATIENT) as there, calling(there.port) as caller:
        caller.says(get("/large?3000000") * 5 + get("/echo?last"))
        assert [len(caller.hears().body) for _ in range(5)] == [3_000_000] * 5
        assert caller.hears().body == b"last"
