"""Champions that change under load: nobody is left without an answer, and each answer is one version's."""

from dataclasses import replace
from http.client import HTTPConnection
from threading import Event, Thread

import msgspec
import pytest
from tests.endpoint.hosting import Made, Running, running, standing_of
from tests.endpoint.scoring.test_score import wanted

from kingmaker.serving.seat import Standing

ROW = {"loan": "A1", "amount": 5.0, "term": 12, "purpose": "car"}
SWAPS = 50
CALLERS = 8


def call(here: Running, body: bytes, ended: Event, found: list[tuple[int, object]]) -> None:
    """One caller after another on a connection that is kept."""
    connection = HTTPConnection(here.address, timeout=20)
    while not ended.is_set():
        connection.request("POST", "/score", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        found.append((answer.status, msgspec.json.decode(answer.read())))
    connection.close()


def standings(*made: Made) -> list[Standing]:
    return [
        replace(standing, pointer=replace(standing.pointer, edition=place + 1, turn=place + 1))
        for place, standing in enumerate(standing_of(made[place % len(made)]) for place in range(SWAPS))
    ]


@pytest.mark.slow
def test_version_and_pd_belong_together_whatever_happens_to_the_champion(
    champion: Made, other: Made, narrow: Made
) -> None:
    sent = [ROW] * 3
    right = [wanted(made, sent) for made in (champion, other, narrow)]
    ended = Event()
    found: list[tuple[int, object]] = []
    single: list[tuple[int, object]] = []
    with running(standing_of(champion)) as here:
        threads = [
            Thread(target=call, args=(here, msgspec.json.encode(sent), ended, found)) for _ in range(CALLERS // 2)
        ]
        threads += [
            Thread(target=call, args=(here, msgspec.json.encode(ROW), ended, single)) for _ in range(CALLERS // 2)
        ]
        for thread in threads:
            thread.start()
        for standing in standings(champion, other, narrow):
            here.seat.take(standing)
            ended.wait(0.04)
        ended.set()
        for thread in threads:
            thread.join(20)
    assert {status for status, _ in found + single} == {200}
    assert all(answers in right for _, answers in found)
    assert all([answer] * 3 in right for _, answer in single)
    assert len({answers[0]["version"] for _, answers in found}) == 3
    assert len(single) > SWAPS
