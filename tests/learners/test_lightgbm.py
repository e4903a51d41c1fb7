"""LightGBM: missing values, zeros and close thresholds go exactly where LightGBM sends them; the rest is refused."""

from dataclasses import replace

import lightgbm
import numpy as np
import pytest

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.learners.lightgbm import LightGBMLearner
from kingmaker.learners.lightgbm_trees import ZERO, read_trees_form
from kingmaker.ports.learner import Rows

from .laws import go_on
from .loans import OUTPUTS, plain_rows, task_for
from .scoring import graph_answers

ROWS = plain_rows(800, 1)
QUIET = {"objective": "binary", "num_threads": 1, "verbosity": -1, "deterministic": True, "force_row_wise": True}


def native_model(values: np.ndarray, bad: np.ndarray, rounds: int = 5, **parameters: object) -> lightgbm.Booster:
    settings = {**QUIET, "min_data_in_leaf": 5, **parameters}
    categorical = settings.pop("categorical", "auto")
    data = lightgbm.Dataset(values, bad, params=settings, categorical_feature=categorical)
    return lightgbm.train(settings, data, rounds)


def read(booster: lightgbm.Booster):
    return read_trees_form(booster.model_to_string(), np.arange(booster.num_feature()))


def assert_same(booster: lightgbm.Booster, values: np.ndarray) -> None:
    margin, _ = graph_answers(read(booster), values)
    np.testing.assert_allclose(margin, booster.predict(values, raw_score=True), rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"linear_tree": True}, "linear leaves"),
        ({"zero_as_missing": True}, "zeros read as missing"),
        ({"sigmoid": 2.0}, "sigmoid:2"),
        ({"categorical": [4]}, "categorical"),
        ({"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1}, "averaging"),
        ({"objective": "regression"}, "objective `regression"),
        ({"objective": "multiclass", "num_class": 2}, "objective `multiclass"),
    ],
)
def test_other_models_are_refused_by_name(parameters, named):
    values = ROWS.values.copy()
    values[:, 3] = np.where(np.random.default_rng(0).random(len(values)) < 0.5, 0, values[:, 3])
    values[:, 4] = np.digitize(values[:, 4], [-0.5, 0.0, 0.5])
    with pytest.raises(GraphUnsupported, match=named):
        read(native_model(values, ROWS.bad, **parameters))


def test_a_missing_value_in_a_column_never_missing_before_counts_as_zero():
    generator = np.random.default_rng(1)
    values = generator.normal(size=(500, 1))
    booster = native_model(values, (values[:, 0] + generator.normal(size=500) > 0.3).astype(float))
    margin, _ = graph_answers(read(booster), np.array([[np.nan], [0.0]]))
    assert margin[0] == margin[1]
    assert_same(booster, np.array([[np.nan], [0.0], [-np.inf], [np.inf]]))


def test_values_too_small_to_count_go_where_zero_goes():
    generator = np.random.default_rng(2)
    values = generator.choice([-1.0, 0.0, 1.0], size=(600, 1))
    bad = (generator.random(600) < np.select([values[:, 0] < 0, values[:, 0] == 0], [0.2, 0.8], 0.4)).astype(float)
    band = np.array([-1e-30, -ZERO, -5e-36, -0.0, 0.0, 1e-40, 5e-36, ZERO, 1e-30]).reshape(-1, 1)
    edges = np.vstack([band, np.nextafter(band, 1), np.nextafter(band, -1), [[np.nan]]])
    assert_same(native_model(values, bad), edges)


def test_amounts_that_collide_in_float32_are_told_apart():
    generator = np.random.default_rng(3)
    values = 1e8 + np.round(generator.uniform(0, 4, (2000, 1)), 2)
    booster = native_model(values, (generator.random(2000) < np.where(values[:, 0] > 1e8 + 2, 0.7, 0.1)).astype(float))
    assert_same(booster, values)


def test_rows_that_cannot_be_split_give_a_constant():
    values, bad = np.ones((200, 1)), (np.arange(200) < 40).astype(float)
    booster = native_model(values, bad, rounds=2)
    assert_same(booster, np.array([[1.0], [np.nan], [5.0]]))


def test_a_missing_value_as_rare_as_one_row_is_seen_in_training():
    learner = LightGBMLearner()
    rows = plain_rows(3000, 1)
    values = rows.values.copy()
    values[7, OUTPUTS.index("age")] = np.nan
    fitted = learner.fit(replace(task_for(learner), fitting=replace(rows, values=values), rounds=10), go_on)
    dumped = fitted.booster.dump_model()
    asked = [node for tree in dumped["tree_info"] for node in inner_nodes(tree["tree_structure"])]
    kinds = {node["missing_type"] for node in asked if dumped["feature_names"][node["split_feature"]] == "output_2"}
    assert kinds == {"NaN"}


def inner_nodes(node: dict) -> list[dict]:
    if "split_feature" not in node:
        return []
    return [node, *inner_nodes(node["left_child"]), *inner_nodes(node["right_child"])]


def test_all_rows_weighing_two_change_nothing_but_the_regularisation():
    learner = LightGBMLearner()
    free = {**learner.default(), "lambda_l2": 0.0, "min_sum_hessian_in_leaf": 0.0}
    task = replace(task_for(learner), hyperparameters=free, rounds=20)
    doubled: Rows = replace(task.fitting, weight=np.full_like(task.fitting.weight, 2.0))
    one = learner.fit(task, go_on).margin(ROWS.values)
    other = learner.fit(replace(task, fitting=doubled), go_on).margin(ROWS.values)
    np.testing.assert_allclose(one, other, atol=1e-6)
