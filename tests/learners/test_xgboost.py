"""XGBoost: what the graph cannot say exactly is refused, and what it can is read to the last bit."""

import json
from dataclasses import replace

import numpy as np
import pytest
import xgboost

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.learners.xgboost import XGBoostLearner
from kingmaker.learners.xgboost_trees import read_trees_form
from kingmaker.ports.learner import Rows

from .laws import go_on
from .loans import plain_rows, task_for
from .scoring import graph_answers

ROWS = plain_rows(600, 1)


def model_json(rounds: int = 3, **parameters: object) -> dict:
    data = xgboost.DMatrix(ROWS.values, ROWS.bad, nthread=1)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1, "verbosity": 0, **parameters}, data, rounds)
    return json.loads(bytes(booster.save_raw("json")))


def read(model: dict):
    return read_trees_form(model, np.arange(7))


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"booster": "dart"}, "booster dart"),
        ({"booster": "gblinear", "updater": "coord_descent"}, "booster gblinear"),
        ({"objective": "reg:squarederror"}, "objective reg:squarederror"),
        ({"objective": "multi:softprob", "num_class": 2}, "objective multi:softprob"),
    ],
)
def test_other_models_are_refused_by_name(parameters, named):
    with pytest.raises(GraphUnsupported, match=named):
        read(model_json(**parameters))


def test_categorical_splits_are_refused():
    codes = (ROWS.values[:, [3]] % 4).astype(float)
    data = xgboost.DMatrix(codes, ROWS.bad, feature_types=["c"], enable_categorical=True, nthread=1)
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, data, 2)
    with pytest.raises(GraphUnsupported, match="categorical"):
        read(json.loads(bytes(booster.save_raw("json"))))


@pytest.mark.parametrize("written", ["[2.5E-1]", "2.5E-1", "0.25"])
def test_the_base_is_the_log_odds_of_the_base_score_however_it_is_written(written):
    model = model_json()
    model["learner"]["learner_model_param"]["base_score"] = written
    assert read(model).base == pytest.approx(np.log(0.25 / 0.75), abs=1e-15)


def test_nodes_deleted_by_gamma_are_left_out():
    form = read(model_json(rounds=5, gamma=8.0, max_depth=6, tree_method="exact"))
    native = xgboost.train(
        {"objective": "binary:logistic", "nthread": 1, "gamma": 8.0, "max_depth": 6, "tree_method": "exact"},
        xgboost.DMatrix(ROWS.values, ROWS.bad, nthread=1),
        5,
    )
    margin, _ = graph_answers(form, ROWS.values)
    expected = native.predict(xgboost.DMatrix(ROWS.values, nthread=1), output_margin=True)
    np.testing.assert_allclose(margin, expected, atol=1e-5)


def test_thresholds_and_leaves_are_float32_numbers():
    for tree in read(model_json()).trees:
        assert (tree.threshold == tree.threshold.astype(np.float32)).all()
        assert (tree.value == tree.value.astype(np.float32)).all()


def test_weight_two_is_a_row_given_twice():
    learner = XGBoostLearner()
    coarse = replace(ROWS, values=np.nan_to_num(np.round(ROWS.values / [5e3, 0.1, 5, 1, 1, 0.5, 0.5])))
    heavy = coarse.bad == 1
    everything = {**learner.default(), "subsample": 1.0, "colsample_bytree": 1.0}
    task = replace(task_for(learner), hyperparameters=everything, rounds=20)
    weighted = replace(task, fitting=replace(coarse, weight=np.where(heavy, 2.0, 1.0)))
    twice = Rows(
        values=np.vstack([coarse.values, coarse.values[heavy]]),
        bad=np.concatenate([coarse.bad, coarse.bad[heavy]]),
        weight=np.ones(len(coarse.bad) + int(heavy.sum())),
    )
    one = learner.fit(weighted, go_on).margin(coarse.values)
    other = learner.fit(replace(task, fitting=twice), go_on).margin(coarse.values)
    np.testing.assert_allclose(one, other, atol=1e-3)


def test_focal_loss_begins_at_even_odds_and_still_ranks():
    learner = XGBoostLearner()
    fitted = learner.fit(replace(task_for(learner), focal=2.0), go_on)
    assert fitted.form().base == 0.0
    rows = plain_rows(2000, 5)
    margin = fitted.margin(rows.values)
    assert margin[rows.bad == 1].mean() - margin[rows.bad == 0].mean() > 0.2


def test_a_model_fitted_elsewhere_is_refused():
    booster = xgboost.train({"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(ROWS.values, ROWS.bad), 2)
    with pytest.raises(GraphUnsupported, match="numbered recipe outputs"):
        XGBoostLearner().from_bytes(bytes(booster.save_raw("ubj")))
