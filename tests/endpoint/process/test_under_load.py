"""Told to leave while callers ask without a pause."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.endpoint.wire.caller import calling, post
from tests.serving.publisher import Publisher

from .running import running

ROW = post("/score", b'{"loan": "L1", "amount": 5.0}', "Content-Type: application/json")


def ask_on(port: int) -> int:
    """How many were answered until the endpoint said that it leaves; every one of them must be."""
    with calling(port) as caller:
        answered = 0
        while True:
            answer = caller.asks(ROW)
            assert answer.status == 200
            answered += 1
            if answer.closes:
                return answered


def test_no_request_that_was_accepted_is_lost(publisher: Publisher, tmp_path: Path) -> None:
    publisher.crown(1)
    with running(tmp_path) as endpoint, ThreadPoolExecutor(16) as pool:
        endpoint.is_ready_in_the_end()
        asking = [pool.submit(ask_on, endpoint.port) for _ in range(16)]
        while 'status="200"} 2' not in endpoint_metrics(endpoint.port):
            pass
        assert endpoint.leaves() == 0
        assert all(one.result(20) for one in asking)


def endpoint_metrics(port: int) -> str:
    with calling(port) as caller:
        text = caller.asks(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").body.decode()
    return "".join(line[:80] for line in text.splitlines() if "_total" in line and "/score" in line)
