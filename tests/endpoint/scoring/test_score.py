"""POST /score over the real wire: what goes in as JSON comes out as the graph's own answers."""

from dataclasses import replace
from pathlib import Path
from threading import Event

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.endpoint.hosting import Made, Reply, Running, running, standing_of

from kingmaker.bundle.rows import arrays_of
from kingmaker.domain.errors import KingmakerError
from kingmaker.serving.desk import AT_ONCE
from kingmaker.serving.explaining import Words
from kingmaker.serving.fields import Accepting
from kingmaker.serving.lineup import line_up

ROW = {"loan": "A1", "amount": 5.0, "term": 12, "purpose": "car"}
amounts = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
purposes = st.none() | st.sampled_from(["car", "1", "True", "boat", "01"]) | st.booleans() | st.integers(0, 3)
rows = st.fixed_dictionaries({}, optional={"amount": amounts, "term": amounts, "purpose": purposes, "loan": st.text()})


def wanted(made: Made, sent: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the bundle's own scorer says, as answers."""
    bundle = made[0].bundle
    scores = made[0].scorer.score(*arrays_of(sent, bundle.schema))
    answers = []
    for place, row in enumerate(sent):
        answer = {
            "pd": float(scores.pd[place]),
            "score": int(scores.score[place]),
            "grade": str(scores.grade[place]),
            "decision": "approve" if scores.approved[place] else "decline",
            "version": bundle.short,
        }
        answers.append(answer | ({"id": row["loan"]} if row.get("loan") is not None else {}))
    return answers


def problem(reply: Reply) -> tuple[int, str, str]:
    assert reply.headers["content-type"] == "application/problem+json"
    told = msgspec.json.decode(reply.body)
    return reply.status, told["code"], told.get("where", "")


def test_one_object_gets_one_answer(endpoint: Running, champion: Made) -> None:
    reply = endpoint.post("/score", ROW)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json == wanted(champion, [ROW])[0]


@settings(deadline=None, max_examples=60)
@given(sent=st.lists(rows, max_size=9))
def test_answers_are_the_scorer_s_bit_for_bit_and_in_order(
    endpoint: Running, champion: Made, sent: list[dict[str, object]]
) -> None:
    reply = endpoint.post("/score", sent)
    assert reply.status == 200
    assert reply.json == (wanted(champion, sent) if sent else [])


def test_a_large_request_is_answered_like_a_small_one(endpoint: Running, champion: Made) -> None:
    sent = [{"amount": number / 7, "term": number % 40, "loan": number} for number in range(AT_ONCE * 3)]
    reply = endpoint.post("/score", sent)
    assert reply.json == wanted(champion, sent)
    padded = endpoint.post("/score", b" " * 200_000 + msgspec.json.encode(ROW))
    assert padded.json == wanted(champion, [ROW])[0]


@pytest.mark.parametrize(
    ("body", "status", "code", "where"),
    [
        (b'{"amount": "ten"}', 422, "field_invalid", "`amount`"),
        (b'[{}, {"amount": "ten"}]', 422, "field_invalid", "row 2, `amount`"),
        (b" " * 200_000 + b'[{}, {"amount": "ten"}]', 422, "field_invalid", "row 2, `amount`"),
        (b"[1]", 422, "rows_expected", "row 1"),
        (b"{", 400, "body_malformed", ""),
        (b'{"amount": 1e999}', 400, "number_out_of_range", "`amount`"),
        (b"[" + b"{}," * 10_000 + b"{}]", 413, "rows_too_many", ""),
        (b" " * 200_000 + b"[" + b"{}," * 10_000 + b"{}]", 413, "rows_too_many", ""),
    ],
)
def test_a_refusal_says_what_is_wrong_and_where(
    endpoint: Running, body: bytes, status: int, code: str, where: str
) -> None:
    before = endpoint.counted.get(("refusals", code), 0)
    assert problem(endpoint.post("/score", body)) == (status, code, where)
    assert endpoint.counted["refusals", code] == before + 1


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", "application/ld+json"])
def test_json_is_taken_under_any_of_its_names(endpoint: Running, kind: str) -> None:
    assert endpoint.post("/score", ROW, content_type=kind).status == 200


def test_something_else_than_json_is_refused(endpoint: Running) -> None:
    for kind in ("text/csv", "application/x-www-form-urlencoded", "application/octet-stream"):
        reply = endpoint.post("/score", b"amount\n5\n", content_type=kind)
        assert problem(reply) == (415, "media_type_unsupported", "Content-Type")


@pytest.mark.parametrize(
    "query", ["reasons=21", "reasons=-1", "reasons=many", "reasons=", "reasons=1&reasons=2", "reasons=%FF"]
)
def test_a_number_of_reasons_that_cannot_be_is_refused(endpoint: Running, query: str) -> None:
    assert problem(endpoint.post(f"/score?{query}", ROW)) == (400, "query_invalid", "reasons")


def test_no_reasons_are_no_reasons_and_other_parameters_are_left_aside(endpoint: Running, champion: Made) -> None:
    for query in ("reasons=0", "other=1", ""):
        assert endpoint.post(f"/score?{query}", ROW).json == wanted(champion, [ROW])[0]


def test_a_version_without_reasons_refuses_to_make_them_up(endpoint: Running) -> None:
    assert problem(endpoint.post("/score?reasons=3", ROW))[:2] == (409, "reasons_unavailable")


def test_before_the_first_standing_nobody_answers() -> None:
    with running(None) as here:
        reply = here.post("/score", ROW)
        assert problem(reply)[:2] == (503, "no_model")
        assert reply.headers["retry-after"] == "1"
        assert here.send("GET", "/model").status == here.send("GET", "/schema").status == 503


def test_unknown_fields_are_refused_where_that_is_wanted(champion: Made) -> None:
    with running(standing_of(champion), Accepting(refuse_unknown=True)) as here:
        assert here.post("/score", ROW).status == 200
        reply = here.post("/score", {"amuont": 5})
        assert problem(reply) == (422, "field_unknown", "`amuont`")
        assert msgspec.json.decode(reply.body)["remedy"] == "Is it `amount`?"


def test_every_answered_row_is_in_the_journal(champion: Made) -> None:
    with running(standing_of(champion)) as here:
        here.post("/score", [ROW, {"amount": None, "id": 7}])
        here.post("/score", {"amount": "ten"})
        (batch,) = here.journal.batches
        assert (batch.role, batch.version, list(batch.ids)) == ("champion", champion[0].version, ["A1", "7"])
        assert batch.num is not None
        assert np.array_equal(batch.num, [[5.0, 12.0], [np.nan, np.nan]], equal_nan=True)
        assert here.counted["answered_rows", "champion"] == 2


def test_a_canary_answers_for_its_applications_alone(champion: Made, other: Made, narrow: Made) -> None:
    for canary in (other, narrow):
        standing = standing_of(champion, canary, share=0.3)
        lineup = line_up(standing, Accepting())
        sent = [ROW | {"loan": f"L{number}"} for number in range(100)] + [{"amount": 5}]
        chosen = [lineup.is_canary(row.get("loan")) for row in sent]
        assert 10 < sum(chosen) < 60
        both = zip(chosen, wanted(champion, sent), wanted(canary, sent), strict=True)
        answers = [theirs if is_canary else ours for is_canary, ours, theirs in both]
        with running(standing) as here:
            assert here.post("/score", sent).json == answers
            assert [here.post("/score", row).json for row in sent[:20]] == answers[:20]
            roles = {batch.role: batch.version for batch in here.journal.batches}
        assert roles == {"champion": champion[0].version, "canary": canary[0].version}


def test_shadows_are_scored_and_logged_and_never_answer(
    shadowed: Running, champion: Made, other: Made, narrow: Made
) -> None:
    sent = [ROW | {"loan": str(number)} for number in range(50)]
    assert shadowed.post("/score", sent).json == wanted(champion, sent)
    assert [shadowed.post("/score", row).json for row in sent] == wanted(champion, sent)
    waiting = Event()
    while shadowed.counted["shadow_rows",] < 200:
        assert not waiting.wait(0.01)
    for made in (other, narrow):
        batches = [batch for batch in shadowed.journal.batches if batch.version == made[0].version]
        assert {batch.role for batch in batches} == {"shadow"}
        assert sorted(int(id_ or 0) for batch in batches for id_ in batch.ids) == sorted([*range(50), *range(50)])
        pds = {id_: pd for batch in batches for id_, pd in zip(batch.ids, batch.scores.pd.tolist(), strict=True)}
        assert pds == {str(answer["id"]): answer["pd"] for answer in wanted(made, sent)}


def test_a_canary_s_shadows_see_every_row(champion: Made, other: Made, narrow: Made) -> None:
    standing = replace(standing_of(champion, other, share=0.5), shadows=(narrow[0],))
    waiting = Event()
    with running(standing) as here:
        here.post("/score", [ROW | {"loan": str(number)} for number in range(40)])
        while here.counted["shadow_rows",] < 40:
            assert not waiting.wait(0.01)


def test_words_that_change_are_read_again_and_broken_ones_are_left(tmp_path: Path) -> None:
    path = tmp_path / "words.json"
    path.write_text('{"amount": "what you ask for"}')
    words = Words(path)
    assert words.words == {"amount": "what you ask for"}
    assert not words.refresh()
    path.write_text('{"amount": "the amount of the loan"}')
    assert words.refresh()
    path.write_text("{")
    assert not words.refresh()
    assert words.words == {"amount": "the amount of the loan"}
    assert "cannot be read" in words.failure
    with pytest.raises(KingmakerError, match="cannot be read"):
        Words(path)
