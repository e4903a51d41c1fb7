from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.rows import arrays_of
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.errors import DeclarationError
from kingmaker.loop.score import ScoreOptions, score_file

People = Callable[[int], pl.DataFrame]


@pytest.fixture(params=["trees", "scorecard"])
def bundle(request: pytest.FixtureRequest) -> Bundle:
    return request.getfixturevalue(request.param)


def test_points_of_all_columns_add_up_to_the_distance_from_the_average(bundle: Bundle, people: People) -> None:
    num, cat = arrays_of(people(200).to_dicts(), bundle.schema)
    margin = Scorer(bundle.model).score(num, cat).margin
    assert margin is not None
    lost = explainer_of(bundle).points(num, cat).sum(axis=1)
    factor = bundle.cut_offs.thresholds.scale.factor
    np.testing.assert_allclose(lost - lost[0], factor * (margin - margin[0]), atol=1e-6)


def test_a_scorecard_s_points_are_its_graph_s_terms_less_their_average(scorecard: Bundle, people: People) -> None:
    num, cat = arrays_of(people(200).to_dicts(), scorecard.schema)
    terms = Scorer(scorecard.model).score(num, cat).terms
    assert terms is not None
    difference = explainer_of(scorecard).points(num, cat) / scorecard.cut_offs.thresholds.scale.factor - terms
    np.testing.assert_allclose(difference, np.broadcast_to(difference[0], difference.shape), atol=1e-9)


def test_reasons_are_what_cost_points_strongest_first_and_each_once(bundle: Bundle, people: People) -> None:
    explainer = explainer_of(bundle)
    num, cat = arrays_of(people(200).to_dicts(), bundle.schema)
    ranked = explainer.rank(num, cat, 3)
    for row in range(200):
        reasons = explainer.tell(ranked, row)
        points = [reason.points for reason in reasons]
        assert points == sorted(points, reverse=True)
        assert all(point > 0 for point in points)
        assert len({reason.column for reason in reasons}) == len(reasons)


def test_a_high_amount_and_a_low_income_are_told_as_reasons(bundle: Bundle) -> None:
    explainer = explainer_of(bundle, {"income": "Income is low for the amount"})
    num, cat = arrays_of([{"amount": 3.0, "income": -3.0, "purpose": "1"}], bundle.schema)
    reasons = explainer.tell(explainer.rank(num, cat, 2), 0)
    assert {reason.column for reason in reasons} == {"amount", "income"}
    assert {reason.words for reason in reasons} == {"amount", "Income is low for the amount"}


def test_words_for_an_unknown_column_are_refused(bundle: Bundle) -> None:
    with pytest.raises(DeclarationError, match="columns that the model does not read: incme"):
        explainer_of(bundle, {"incme": "Income is low"})


def test_declined_applicants_have_their_reasons_in_the_file(bundle: Bundle, people: People, tmp_path: Path) -> None:
    frame = people(300)
    frame.write_parquet(tmp_path / "rows.parquet")
    score_file(bundle, tmp_path / "rows.parquet", tmp_path / "scores.parquet", reasons=2)
    scores = pl.read_parquet(tmp_path / "scores.parquet")
    assert scores.columns[-4:] == ["reason_1", "reason_1_points", "reason_2", "reason_2_points"]
    declined = scores.filter(pl.col("decision") == "decline")
    assert declined["reason_1"].null_count() == 0
    assert set(declined["reason_1"]) <= set(bundle.schema.names)
    assert (declined["reason_1_points"] >= declined["reason_2_points"].fill_null(0.0)).all()
    assert declined.filter(pl.col("reason_1") == pl.col("reason_2")).is_empty()
    assert scores.filter(pl.col("decision") == "approve")["reason_1"].null_count() == scores.height - declined.height


def test_reasons_do_not_depend_on_batches_and_can_be_given_to_all(
    bundle: Bundle, people: People, tmp_path: Path
) -> None:
    people(300).write_parquet(tmp_path / "rows.parquet")
    tables = []
    for rows in (7, 300):
        options = ScoreOptions(batch_rows=rows, explain_approved=True, words={"amount": "Amount"})
        score_file(bundle, tmp_path / "rows.parquet", tmp_path / "scores.parquet", reasons=3, options=options)
        tables.append(pl.read_parquet(tmp_path / "scores.parquet"))
    assert tables[0].equals(tables[1])
    assert "Amount" in set(tables[0]["reason_1"])
    approved = tables[0].filter(pl.col("decision") == "approve")
    assert approved["reason_1"].null_count() < approved.height


def test_more_reasons_than_columns_are_left_empty(bundle: Bundle, people: People, tmp_path: Path) -> None:
    people(50).write_parquet(tmp_path / "rows.parquet")
    score_file(bundle, tmp_path / "rows.parquet", tmp_path / "scores.parquet", reasons=4)
    assert pl.read_parquet(tmp_path / "scores.parquet")["reason_4"].null_count() == 50


def test_a_batch_in_which_nobody_is_declined_has_no_reasons(bundle: Bundle, people: People, tmp_path: Path) -> None:
    people(20).write_parquet(tmp_path / "rows.parquet")
    score_file(
        bundle, tmp_path / "rows.parquet", tmp_path / "scores.parquet", reasons=1, options=ScoreOptions(batch_rows=1)
    )
    scores = pl.read_parquet(tmp_path / "scores.parquet")
    assert scores["reason_1"].is_null().equals(scores["decision"] == "approve")
