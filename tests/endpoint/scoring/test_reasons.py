"""`?reasons=N`: the columns that cost an applicant most, in the words that the team has written."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from tests.endpoint.hosting import Made, Running, deployed, running, standing_of
from tests.endpoint.platforms.models import contents_of

from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.rows import arrays_of
from kingmaker.serving.explaining import Words

GROUNDS = Grounds(
    origins=(("amount",), ("term",), ("term",), ("purpose",)),
    averages=(0.1, 0.2, 0.05, -0.1),
)
ROW = {"loan": "A1", "amount": 90.0, "term": None, "purpose": "1"}


@pytest.fixture(scope="module")
def explained(key: SigningKey, folder: Path) -> Made:
    return deployed(replace(contents_of(), grounds=GROUNDS), key, folder)


@pytest.fixture(scope="module")
def words(folder: Path) -> Path:
    path = folder / "words.json"
    path.write_text('{"amount": "what you ask for", "a column of another model": "unused"}')
    return path


@pytest.fixture(scope="module")
def telling(explained: Made, words: Path) -> Iterator[Running]:
    with running(standing_of(explained), words=Words(words)) as here:
        yield here


def reasons_of(here: Running, row: object, count: int = 20) -> list[dict[str, object]]:
    answer = msgspec.json.decode(here.post(f"/score?reasons={count}", row).body)
    found: list[dict[str, object]] = answer["reasons"]
    return found


def test_reasons_are_the_explainer_s_strongest_first(telling: Running, explained: Made) -> None:
    bundle = explained[0].bundle
    explainer = explainer_of(bundle)
    wanted = explainer.tell(explainer.rank(*arrays_of([ROW], bundle.schema), 20), 0)
    found = reasons_of(telling, ROW)
    assert [reason["column"] for reason in found] == [reason.column for reason in wanted]
    assert [reason["points"] for reason in found] == pytest.approx([reason.points for reason in wanted], abs=1e-4)
    assert found[0] == {"column": "amount", "words": "what you ask for", "points": found[0]["points"]}
    assert reasons_of(telling, ROW, 1) == found[:1]


def test_the_scores_beside_reasons_are_the_same(telling: Running) -> None:
    plain = msgspec.json.decode(telling.post("/score", [ROW, {}]).body)
    told = msgspec.json.decode(telling.post("/score?reasons=2", [ROW, {}]).body)
    assert [{name: value for name, value in answer.items() if name != "reasons"} for answer in told] == plain
    assert all(len(answer["reasons"]) <= 2 for answer in told)
    assert telling.post("/score?reasons=2", []).json == []


def test_a_canary_gives_its_own_reasons(explained: Made, key: SigningKey, folder: Path) -> None:
    canary = deployed(replace(contents_of(intercept=0.9), grounds=replace(GROUNDS, averages=(9.0,) * 4)), key, folder)
    sent = [ROW | {"loan": str(number)} for number in range(40)]
    with running(standing_of(explained, canary, share=0.5)) as here:
        answers = msgspec.json.decode(here.post("/score?reasons=3", sent).body)
    with running(standing_of(explained)) as here:
        ours = reasons_of(here, ROW, 3)
    of_canary = [answer["reasons"] for answer in answers if answer["version"] == canary[0].bundle.short]
    of_champion = [answer["reasons"] for answer in answers if answer["version"] != canary[0].bundle.short]
    assert of_canary
    assert all(reasons != ours for reasons in of_canary)
    assert all(reasons == ours for reasons in of_champion)


def test_words_that_are_edited_are_used_from_then_on(telling: Running, words: Path) -> None:
    before = reasons_of(telling, ROW, 1)
    words.write_text('{"amount": "the amount of the loan"}')
    assert reasons_of(telling, ROW, 1)[0]["words"] == "the amount of the loan"
    words.write_text("{")
    assert reasons_of(telling, ROW, 1)[0]["words"] == "the amount of the loan"
    assert telling.counted["words_unreadable",] == 1
    words.write_text('{"amount": "what you ask for"}')
    assert reasons_of(telling, ROW, 1) == before
    assert telling.counted["words_unreadable",] == 0


def test_the_next_champion_s_reasons_are_its_own(explained: Made, key: SigningKey, folder: Path) -> None:
    following = deployed(replace(contents_of(), grounds=replace(GROUNDS, averages=(9.0, 0.0, 0.0, 0.0))), key, folder)
    with running(standing_of(explained)) as here:
        assert reasons_of(here, ROW)[0]["column"] == "amount"
        here.seat.take(standing_of(following))
        assert all(reason["column"] != "amount" for reason in reasons_of(here, ROW))
