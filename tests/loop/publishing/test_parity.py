"""Parity: a graph that is not the model is not published, and the rows that show it are made to break it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.loop.judging.world import FEATURES, World, loans

from kingmaker.bundle.contents import Parity
from kingmaker.bundle.scorer import BLOCK, Scorer
from kingmaker.domain.errors import ParityBroken
from kingmaker.domain.snapshot import ColumnKind, Feature, Window
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.forms import ModelForm, TreesForm
from kingmaker.loop.judging.answers import answers
from kingmaker.loop.judging.bench import Candidate
from kingmaker.loop.judging.candidates import candidate_of
from kingmaker.loop.judging.final import sealed_graph
from kingmaker.loop.judging.judged import judged_rows
from kingmaker.loop.publishing.parity import as_inputs, parity_of, parity_rows
from kingmaker.loop.snapshots import load_snapshot

CALIBRATION = Calibration(intercept=0.1, slope=0.9)
THRESHOLDS = Thresholds(
    scale=ScoreScale(),
    grades=(
        Grade(name="A", lowest_score=540, share=0.5, bad_rate=0.1),
        Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.3),
    ),
    approve_from=520,
    approval_rate=0.7,
    method="optimal",
)


@pytest.fixture(scope="module")
def candidates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Candidate]:
    world = World.make(tmp_path_factory.mktemp("parity"), loans(6000), learners=("scorecard", "lightgbm", "xgboost"))
    frame = load_snapshot(world.vault, world.snapshot)
    rows = {window: judged_rows(frame, (window,)) for window in Window}
    return {
        trial.spec.learner: candidate_of(
            trial, recipe_digest=world.prepared.recipes[trial.spec.recipe], rows=rows, vault=world.vault, threads=1
        )
        for trial in world.trials
    }


@pytest.fixture(scope="module")
def probed() -> pl.DataFrame:
    return parity_rows(as_inputs(loans(3000), FEATURES))


def shown(candidate: Candidate, probed: pl.DataFrame, form: ModelForm | None = None, **changed: object) -> Parity:
    graph = sealed_graph("loans", candidate.recipe, form or candidate.form, CALIBRATION, THRESHOLDS)
    asked = {"calibration": CALIBRATION, "thresholds": THRESHOLDS, "limit": 1e-5} | changed
    return parity_of(
        Scorer(graph),
        candidate.recipe,
        candidate.native,
        asked["calibration"],
        asked["thresholds"],
        probed,
        limit=asked["limit"],
    )


def test_a_long_table_is_answered_in_parts_as_it_would_be_in_one(
    candidates: dict[str, Candidate],
) -> None:
    candidate, frame = candidates["lightgbm"], loans(12_000)
    scorer = Scorer(sealed_graph("loans", candidate.recipe, candidate.form, CALIBRATION, THRESHOLDS))
    whole = answers(scorer, candidate.recipe, frame)
    parts = answers(scorer, candidate.recipe, frame, at_once=BLOCK)
    assert parts.margin is not None
    assert parts.terms is None
    for name in ("pd", "score", "grade", "approved", "margin"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


@pytest.mark.parametrize("name", ["scorecard", "lightgbm", "xgboost"])
def test_every_learner_is_its_graph_on_book_and_edge_rows_alike(
    candidates: dict[str, Candidate], probed: pl.DataFrame, name: str
) -> None:
    found = shown(candidates[name], probed)
    assert found.rows == probed.height == 3000 + 200 * len(FEATURES)
    assert found.largest_pd_difference <= found.limit
    assert (found.score_differences, found.grade_differences) == (0, 0)


def with_one_leaf_changed(form: TreesForm, by: float) -> TreesForm:
    tree = form.trees[0]
    value = tree.value.copy()
    value[int(np.flatnonzero(tree.feature < 0)[0])] += by
    return replace(form, trees=(replace(tree, value=value), *form.trees[1:]))


@pytest.mark.parametrize("by", [0.01, -1.0, 40.0])
def test_a_graph_with_one_changed_leaf_is_refused(
    candidates: dict[str, Candidate], probed: pl.DataFrame, by: float
) -> None:
    form = candidates["lightgbm"].form
    assert isinstance(form, TreesForm)
    with pytest.raises(ParityBroken, match="differ"):
        shown(candidates["lightgbm"], probed, with_one_leaf_changed(form, by))


def test_a_graph_with_another_calibration_is_refused(candidates: dict[str, Candidate], probed: pl.DataFrame) -> None:
    with pytest.raises(ParityBroken):
        shown(candidates["scorecard"], probed, calibration=Calibration(intercept=0.1001, slope=0.9))


def test_a_decision_that_differs_is_refused_although_no_grade_does(
    candidates: dict[str, Candidate], probed: pl.DataFrame
) -> None:
    """Answers that moved by less than the limit in pd may still cross the approval cut within a grade."""
    model, moved = candidates["scorecard"], Calibration(intercept=0.13, slope=0.9)
    one_grade = replace(THRESHOLDS, grades=THRESHOLDS.grades[1:])
    scorer = Scorer(sealed_graph("loans", model.recipe, model.form, moved, one_grade))
    with pytest.raises(ParityBroken, match=r"0 grades and [1-9]\d* decisions"):
        parity_of(scorer, model.recipe, model.native, CALIBRATION, one_grade, probed, limit=0.5)


def test_each_column_in_turn_has_values_that_no_book_holds() -> None:
    frame = as_inputs(loans(500), FEATURES)
    edges = parity_rows(frame, rows=100, edges=20)
    assert edges.height == 100 + 20 * frame.width
    assert edges.head(100).equals(frame.tail(100))
    income = edges["income"][100:120]
    assert income.null_count() == 2
    assert income.is_infinite().sum() == 4
    assert "never seen before" in edges["region"][140:160].to_list()


@pytest.mark.parametrize("values", [[1, 2, None], [1.0, 2.5, None], [True, False, None], ["a", "", None]])
def test_a_category_of_any_type_can_be_probed(values: list[object]) -> None:
    """Codes and flags are categories too: their column could hold none of the texts that applicants may bring."""
    frame = pl.DataFrame({"code": pl.Series(values * 4)})
    inputs = as_inputs(frame, (Feature(name="code", kind=ColumnKind.CATEGORY),))
    assert inputs.schema["code"] == pl.String
    assert "never seen before" in parity_rows(inputs)["code"].to_list()


def test_an_empty_book_has_no_rows_to_probe() -> None:
    assert parity_rows(as_inputs(loans(100), FEATURES).clear()).height == 0
