"""What every learner must obey, whoever wrote it. Each law takes a learner and asserts."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import optuna
import pytest
from numpy.typing import NDArray

from kingmaker.bundle.reasons.split import split_of
from kingmaker.domain.errors import DataRefused, DeclarationError, GraphUnsupported, KingmakerError
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm, TreesForm
from kingmaker.learners.registry import learner as find_learner
from kingmaker.loop.publishing.grounds import grounds_of
from kingmaker.ports.learner import FitTask, Fitted, Learner, Rows, TrialPruned
from kingmaker.recipe.spec import NumberStep, Recipe

from .loans import permuted, rows_for, task_for
from .scoring import graph_answers

Floats = NDArray[np.float64]


def go_on(_rounds: int, _auc: float) -> bool:
    return False


@cache
def fitted_once(name: str) -> Fitted:
    """The learner's model of the made-up loans; shared, since models are immutable."""
    learner = find_learner(name)
    return learner.fit(task_for(learner), go_on)


def pd_of(margin: Floats) -> Floats:
    return 1 / (1 + np.exp(-margin))


def law_says_who_it_is(learner: Learner) -> None:
    assert learner.recipe in {"plain", "woe"}
    assert learner.complexity in range(4)
    assert learner.native_suffix.startswith(".")
    assert isinstance(learner.can_focal, bool)


def law_the_same_task_gives_the_same_bytes(learner: Learner) -> None:
    other_seed = replace(task_for(learner), seed=99)
    learner.fit(other_seed, go_on)
    again = learner.fit(task_for(learner), go_on)
    assert again.to_bytes() == fitted_once(learner.name).to_bytes()


def law_another_process_gives_the_same_bytes(learner: Learner) -> None:
    script = Path(__file__).with_name("fit_once.py")
    done = subprocess.run([sys.executable, str(script), learner.name], check=True, capture_output=True, text=True)
    assert done.stdout == hashlib.sha256(fitted_once(learner.name).to_bytes()).hexdigest()


def law_the_order_of_columns_does_not_matter(learner: Learner) -> None:
    places = np.array([3, 0, 6, 5, 1, 4, 2])
    other = learner.fit(permuted(task_for(learner), places), go_on)
    values = rows_for(learner, 2000, 3).values
    one = fitted_once(learner.name)
    np.testing.assert_allclose(other.margin(values[:, places]), one.margin(values), rtol=0, atol=1e-12)
    assert sorted(places[list(other.used_outputs)]) == list(one.used_outputs)
    np.testing.assert_allclose(
        other.contributions(values[:50, places])[:, :-1], one.contributions(values[:50])[:, places], atol=1e-6
    )


def law_it_learns_something(learner: Learner) -> None:
    rows = rows_for(learner, 3000, 4)
    margin = fitted_once(learner.name).margin(rows.values)
    ranks = margin.argsort().argsort()
    bads, goods = rows.bad.sum(), (1 - rows.bad).sum()
    auc = (ranks[rows.bad == 1].sum() - bads * (bads - 1) / 2) / (bads * goods)
    assert auc > 0.68
    assert abs(pd_of(margin).mean() - rows.bad.mean()) < 0.05


def law_missing_columns_are_refused(learner: Learner) -> None:
    values = rows_for(learner, 10, 3).values
    one = fitted_once(learner.name)
    for ask in (one.margin, one.contributions):
        with pytest.raises(DataRefused, match="recipe outputs"):
            ask(values[:, :-1])
    with pytest.raises(DataRefused):
        learner.fit(replace(task_for(learner), outputs=("a", "b")), go_on)


def law_one_class_only_is_refused(learner: Learner) -> None:
    task = task_for(learner)
    with pytest.raises(KingmakerError, match="both goods and bads"):
        learner.fit(replace(task, fitting=replace(task.fitting, bad=np.zeros_like(task.fitting.bad))), go_on)


def law_unknown_hyperparameters_are_refused(learner: Learner) -> None:
    task = replace(task_for(learner), hyperparameters={**learner.default(), "colour": "red"})
    with pytest.raises(DeclarationError, match="colour"):
        learner.fit(task, go_on)


def law_focal_loss_is_fitted_or_refused(learner: Learner) -> None:
    task = replace(task_for(learner), focal=2.0)
    if not learner.can_focal:
        with pytest.raises(GraphUnsupported, match="focal"):
            learner.fit(task, go_on)
        return
    fitted = learner.fit(task, go_on)
    values = rows_for(learner, 3000, 5).values
    assert fitted.to_bytes() != fitted_once(learner.name).to_bytes()
    _same_pd(fitted, values)


def law_declared_directions_are_kept(learner: Learner) -> None:
    task, fitted = task_for(learner), fitted_once(learner.name)
    rows = rows_for(learner, 1000, 6).values
    for column, direction in enumerate(task.monotone):
        if direction == 0:
            continue
        seen = task.fitting.values[:, column]
        steps = np.unique(np.nanquantile(seen, np.linspace(0, 1, 12)))
        margins = [fitted.margin(_with_column(rows, column, step)) for step in steps]
        assert (direction * np.diff(np.array(margins), axis=0) >= 0).all()


def _with_column(rows: Floats, column: int, value: float) -> Floats:
    changed = rows.copy()
    changed[:, column] = value
    return changed


def law_the_graph_answers_like_the_native_model(learner: Learner) -> None:
    fitted = fitted_once(learner.name)
    _same_pd(fitted, with_edges(rows_for(learner, 100_000, 7).values, fitted.form()))


def _same_pd(fitted: Fitted, values: Floats) -> None:
    form = fitted.form()
    in_float32 = isinstance(form, TreesForm) and form.inputs_are_float32
    margin, terms = graph_answers(form, values)
    np.testing.assert_allclose(pd_of(margin), pd_of(fitted.margin(values)), rtol=0, atol=1e-5 if in_float32 else 1e-12)
    assert (terms is None) == isinstance(form, TreesForm)


def with_edges(values: Floats, form: ModelForm) -> Floats:
    """The rows, with a tenth of the values put exactly on, just below or just above a threshold, or missing or infinite."""
    if isinstance(form, LinearForm):
        return values
    generator = np.random.default_rng(8)
    edged = values.copy()
    for column in range(values.shape[1]):
        cuts = thresholds_of(form, column)
        special = np.concatenate(
            [cuts, np.nextafter(cuts, -np.inf), np.nextafter(cuts, np.inf), [np.nan, np.inf, -np.inf, 0.0, -0.0]]
        )
        chosen = generator.random(len(values)) < 0.1
        edged[chosen, column] = generator.choice(special, int(chosen.sum()))
    return edged


def thresholds_of(form: TreesForm | AdditiveForm, column: int) -> Floats:
    trees = form.trees if isinstance(form, TreesForm) else form.terms
    found: Sequence[Floats] = [tree.threshold[tree.feature == column] for tree in trees]
    return np.unique(np.concatenate([*found, np.zeros(1)]))


def law_a_file_read_back_is_the_same_model(learner: Learner) -> None:
    one = fitted_once(learner.name)
    other = learner.from_bytes(one.to_bytes())
    values = rows_for(learner, 500, 9).values
    assert other.to_bytes() == one.to_bytes()
    assert (other.rounds, other.used_outputs) == (one.rounds, one.used_outputs)
    np.testing.assert_array_equal(other.margin(values), one.margin(values))
    np.testing.assert_array_equal(other.contributions(values), one.contributions(values))


def law_a_foreign_file_is_refused(learner: Learner) -> None:
    for foreign in (b"", b"not a model", b"\x80\x04K\x01.", json.dumps({"format": "other"}).encode()):
        with pytest.raises(KingmakerError):
            learner.from_bytes(foreign)


def law_contributions_add_up_to_the_margin(learner: Learner) -> None:
    fitted = fitted_once(learner.name)
    values = rows_for(learner, 500, 9).values
    contributions = fitted.contributions(values)
    assert contributions.shape == (500, values.shape[1] + 1)
    np.testing.assert_allclose(contributions.sum(axis=1), fitted.margin(values), rtol=0, atol=1e-4)
    assert np.ptp(contributions[:, -1]) < 1e-9
    unused = sorted(set(range(values.shape[1])) - set(fitted.used_outputs))
    assert not contributions[:, unused].any()


def law_what_reasons_rest_on_splits_the_margin_as_contributions_do(learner: Learner) -> None:
    """Trees without covers give no reasons; whatever else a form tells must be what its model says itself."""
    fitted = fitted_once(learner.name)
    values = rows_for(learner, 200, 9).values
    names = tuple(f"c{place}" for place in range(values.shape[1]))
    recipe = Recipe(variant="plain", numbers=tuple(NumberStep(name=name) for name in names), categories=())
    form = fitted.form()
    grounds = grounds_of(recipe, form)
    if grounds is None:
        return
    graph = build_graph(recipe=recipe, form=form, calibration=None, thresholds=None, metadata={})
    parts = split_of(graph_bytes(graph), grounds, names).log_odds({"num": values})
    np.testing.assert_allclose(parts, fitted.contributions(values)[:, :-1], rtol=0, atol=1e-4)


def law_only_used_outputs_change_the_margin(learner: Learner) -> None:
    fitted = fitted_once(learner.name)
    rows, other = rows_for(learner, 300, 9).values, rows_for(learner, 300, 10).values
    for column in range(rows.shape[1]):
        changed = rows.copy()
        changed[:, column] = other[:, column]
        differs = not np.array_equal(fitted.margin(changed), fitted.margin(rows))
        assert not differs or column in fitted.used_outputs


def law_heavier_bads_raise_the_margin(learner: Learner) -> None:
    task = task_for(learner)
    heavy = learner.fit(replace(task, fitting=weighted(task.fitting, 3.0), holdout=weighted(task.holdout, 3.0)), go_on)
    values = rows_for(learner, 1000, 9).values
    rise = heavy.margin(values).mean() - fitted_once(learner.name).margin(values).mean()
    assert abs(rise - np.log(3.0)) < 0.4


def law_bads_weighted_for_the_fit_alone_leave_the_ranking_whole(learner: Learner) -> None:
    """The treatment of imbalance changes the fitting rows only: stopping early must not be misled by the holdout's odds."""
    task = task_for(learner)
    heavy = learner.fit(replace(task, fitting=weighted(task.fitting, 15.0)), go_on)
    values = rows_for(learner, 2000, 9).values
    assert np.corrcoef(heavy.margin(values), fitted_once(learner.name).margin(values))[0, 1] > 0.95


def weighted(rows: Rows, bads: float) -> Rows:
    return replace(rows, weight=np.where(rows.bad == 1, bads, 1.0))


def law_who_asks_the_pruner_obeys_it(learner: Learner) -> None:
    asked: list[tuple[int, float]] = []

    def note(rounds: int, auc: float) -> bool:
        asked.append((rounds, auc))
        return False

    task = task_for(learner)
    learner.fit(task, note)
    assert all(0.5 < auc < 1 for _, auc in asked)
    assert [rounds for rounds, _ in asked] == sorted({rounds for rounds, _ in asked})
    if asked:
        with pytest.raises(TrialPruned):
            learner.fit(task, lambda _rounds, _auc: True)


def law_a_refit_keeps_its_rounds(learner: Learner) -> None:
    task, one = task_for(learner), fitted_once(learner.name)
    if one.rounds is not None:
        assert learner.fit(replace(task, rounds=7), go_on).rounds == 7
    refit = learner.fit(replace(task, rounds=one.rounds), lambda _rounds, _auc: one.rounds is not None)
    values = rows_for(learner, 500, 9).values
    np.testing.assert_array_equal(refit.margin(values), one.margin(values))


def law_a_refit_needs_no_holdout(learner: Learner) -> None:
    task, one = task_for(learner), fitted_once(learner.name)
    nobody = Rows(values=np.zeros((0, len(task.outputs))), bad=np.zeros(0), weight=np.zeros(0))
    refit: FitTask = replace(task, holdout=nobody, rounds=one.rounds)
    fitted = learner.fit(refit, go_on)
    values = rows_for(learner, 500, 9).values
    assert np.corrcoef(fitted.margin(values), one.margin(values))[0, 1] > 0.97


def law_whatever_is_suggested_can_be_fitted(learner: Learner) -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=5))
    for _ in range(3):
        drawn = learner.suggest(study.ask())
        assert set(drawn) == set(learner.default())
        assert json.loads(json.dumps(dict(drawn))) == dict(drawn)
        task = replace(task_for(learner, fitting=1500, holdout=700), hyperparameters=drawn)
        _same_pd(learner.fit(task, go_on), rows_for(learner, 500, 9).values)


LAWS = tuple(law for name, law in sorted(globals().items()) if name.startswith("law_"))
