"""The express lane over the real wire: the bytes that the general way answers with, for whatever is sent."""

from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bundle.test_steps import forest, model_of
from tests.endpoint.hosting import Made, Reply, Running, deployed, running, standing_of
from tests.serving.publisher import contents_of

from kingmaker.bundle.contents import GoldenRow, GoldenRows
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.native.library import library
from kingmaker.bundle.scorer import Scorer
from kingmaker.recipe.spec import NumberStep, Recipe
from kingmaker.serving.journal.entry import Stepped, scores_of

found = library()
pytestmark = pytest.mark.skipif(
    found is None or found.read is None, reason="the package was built without a C compiler"
)

GENERALLY = "/score?generally"
"""A query is not for the express lane, and this one asks for nothing."""

amounts = (
    st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60) | st.integers(-9, 99)
)
names = st.none() | st.text(max_size=5) | st.integers(-(2**60), 2**60) | st.sampled_from(["A1", "A-2"])
rows = st.fixed_dictionaries(
    {}, optional={"amount": amounts, "loan": names, "id": names, "other": st.integers(), "Amount": st.text()}
)


def golden(model: bytes, numbers: np.ndarray) -> GoldenRows:
    scores = Scorer(model).score(numbers, None)
    assert scores.margin is not None
    return GoldenRows(
        rows=tuple(
            GoldenRow(
                numbers=tuple(numbers[row].tolist()),
                categories=(),
                margin=float(scores.margin[row]),
                pd=float(scores.pd[row]),
                score=int(scores.score[row]),
                grade=str(scores.grade[row]),
                approved=bool(scores.approved[row]),
            )
            for row in range(len(numbers))
        )
    )


@pytest.fixture(scope="session")
def made(key: SigningKey, folder: Path) -> Made:
    """Twenty trees that read one number."""
    recipe = Recipe(variant="plain", numbers=(NumberStep(name="amount", clip=(-50.0, 100.0), fill=0.1),), categories=())
    model = model_of(recipe, forest(1, seed=9))
    told = replace(contents_of(1), model=model, golden=golden(model, np.array([[5.0], [0.3], [-80.0]])))
    return deployed(told, key, folder)


@pytest.fixture(scope="module")
def lane(made: Made) -> Iterator[Running]:
    with running(standing_of(made)) as here:
        lineup = here.desk.lineup
        assert lineup is not None
        assert lineup.express is not None
        yield here


def same(one: Reply, other: Reply) -> bool:
    return (one.status, one.body, one.headers["content-type"]) == (
        other.status,
        other.body,
        other.headers["content-type"],
    )


@settings(deadline=None, max_examples=150)
@given(row=rows)
def test_a_row_is_answered_in_the_same_bytes(lane: Running, row: dict[str, object]) -> None:
    assert same(lane.post("/score", row), lane.post(GENERALLY, row))


@settings(deadline=None, max_examples=150)
@given(body=st.binary(max_size=40) | st.text('{}":,.-e019amountloanid ', max_size=40).map(str.encode))
def test_nonsense_is_refused_in_the_same_words(lane: Running, body: bytes) -> None:
    assert same(lane.post("/score", body), lane.post(GENERALLY, body))


def test_what_is_sent_together_is_answered_in_order_whichever_way_each_goes(lane: Running) -> None:
    """One connection, requests sent ahead of their answers: plain, refused, with an id, of another field, in a list."""
    bodies = [
        b'{"amount":1}',
        b"{",
        b'{"amount":2,"loan":"A"}',
        b'{"other":1}',
        b'[{"amount":3}]',
        b'{"amount":"4"}',
        b"{}",
    ] * 4
    alone = [lane.post(GENERALLY, body) for body in bodies]
    connection = HTTPConnection(lane.address, timeout=20)
    connection.connect()
    asked = b"".join(
        b"POST /score HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        % (len(body), body)
        for body in bodies
    )
    connection.sock.sendall(asked)
    got = b""
    while got.count(b"HTTP/1.1") < len(bodies) or not got.endswith(alone[-1].body):
        got += connection.sock.recv(65_536)
    connection.close()
    parts = got.split(b"HTTP/1.1 ")[1:]
    assert [(int(part[:3]), part.partition(b"\r\n\r\n")[2]) for part in parts] == [
        (one.status, one.body) for one in alone
    ]


def test_the_answers_are_the_scorer_s_and_are_logged_as_they_were_given(lane: Running, made: Made) -> None:
    amounts = [None, 0.1, -50.0, 3, 1e9]
    lane.journal.batches.clear()
    answers = [
        lane.post("/score", {"amount": amount, "loan": f"L{place}"}).json for place, amount in enumerate(amounts)
    ]
    num = np.array([[np.nan if amount is None else amount] for amount in amounts])
    wanted = made[0].scorer.score(num, None)
    assert [answer["pd"] for answer in answers] == wanted.pd.tolist()
    batches = lane.journal.batches
    assert all(isinstance(batch.scores, Stepped) for batch in batches)
    logged = scores_of(batches)
    assert [id_ for batch in batches for id_ in batch.ids] == [f"L{place}" for place in range(len(amounts))]
    assert np.array_equal(np.concatenate([batch.num for batch in batches]), num, equal_nan=True)
    assert np.array_equal(logged.pd, wanted.pd)
    for name in ("score", "grade", "approved"):
        assert getattr(logged, name).tolist() == getattr(wanted, name).tolist()


def test_rows_are_counted_whichever_way_they_go(lane: Running) -> None:
    before = lane.counted[("answered_rows", "champion")]
    for body in (b'{"amount":1}', b'{"other":1}', b"{"):
        lane.post("/score", body)
    assert lane.counted[("answered_rows", "champion")] == before + 2


def test_beside_a_canary_or_a_shadow_all_goes_the_general_way(made: Made, key: SigningKey, folder: Path) -> None:
    other = deployed(contents_of(2), key, folder)
    for standing in (standing_of(made, other), replace(standing_of(made), shadows=(other[0],))):
        with running(standing) as here:
            lineup = here.desk.lineup
            assert lineup is not None
            assert lineup.express is None
            assert here.post("/score", {"amount": 1}).status == 200


def test_a_model_that_onnxruntime_answers_for_has_no_express_lane(key: SigningKey, folder: Path) -> None:
    with running(standing_of(deployed(contents_of(3), key, folder))) as here:
        lineup = here.desk.lineup
        assert lineup is not None
        assert lineup.express is None
        assert msgspec.json.decode(here.post("/score", {"amount": 1}).body)["version"]
