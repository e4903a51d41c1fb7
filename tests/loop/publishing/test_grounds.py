"""What reasons rest on is made from the form, and proven against the model's own account before it is published."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest
from tests.loop.judging.world import FEATURES, World, loans

from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.rows import arrays_of
from kingmaker.domain.errors import ParityBroken
from kingmaker.domain.snapshot import Window
from kingmaker.domain.thresholds import Calibration
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm, ModelForm, TreesForm
from kingmaker.loop.judging.bench import Candidate
from kingmaker.loop.judging.candidates import candidate_of
from kingmaker.loop.judging.judged import judged_rows
from kingmaker.loop.publish import publish
from kingmaker.loop.publishing.grounds import proven_grounds
from kingmaker.loop.publishing.parity import as_inputs, parity_rows
from kingmaker.loop.snapshots import load_snapshot
from kingmaker.ports.learner import Fitted, Floats


@dataclass(frozen=True)
class Retold:
    """A model that hands over another form than its own; all else is the model's."""

    native: Fitted
    told: ModelForm

    @property
    def rounds(self) -> int | None:
        return self.native.rounds

    @property
    def used_outputs(self) -> tuple[int, ...]:
        return self.native.used_outputs

    def margin(self, values: Floats) -> Floats:
        return self.native.margin(values)

    def form(self) -> ModelForm:
        return self.told

    def contributions(self, values: Floats) -> Floats:
        return self.native.contributions(values)

    def to_bytes(self) -> bytes:
        return self.native.to_bytes()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World.make(tmp_path_factory.mktemp("grounds"), loans(6000), learners=("scorecard", "lightgbm", "xgboost"))


@pytest.fixture(scope="module")
def candidates(world: World) -> dict[str, Candidate]:
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


def graph_of(candidate: Candidate) -> bytes:
    return graph_bytes(
        build_graph(
            recipe=candidate.recipe,
            form=candidate.form,
            calibration=Calibration(intercept=0.0, slope=1.0),
            thresholds=None,
            metadata={},
        )
    )


@pytest.mark.parametrize("learner", ["scorecard", "lightgbm", "xgboost"])
def test_every_learner_s_grounds_are_proven_on_the_book_and_its_edges(
    candidates: dict[str, Candidate], probed: pl.DataFrame, learner: str
) -> None:
    candidate = candidates[learner]
    grounds = proven_grounds(graph_of(candidate), candidate.recipe, candidate.native, probed)
    assert grounds is not None
    assert bool(grounds.covers) == (learner != "scorecard")
    assert grounds == proven_grounds(graph_of(candidate), candidate.recipe, candidate.native, probed)


def test_covers_that_are_not_the_training_s_are_not_published(
    candidates: dict[str, Candidate], probed: pl.DataFrame
) -> None:
    candidate = candidates["lightgbm"]
    form = candidate.form
    assert isinstance(form, TreesForm)
    even = tuple(replace(tree, cover=np.where(tree.feature < 0, 1.0, 0.0)) for tree in form.trees)
    with pytest.raises(ParityBroken, match="the reasons differ from the native model's by up to"):
        proven_grounds(
            graph_of(candidate), candidate.recipe, Retold(candidate.native, replace(form, trees=even)), probed
        )


def test_averages_that_are_not_the_model_s_are_not_published(
    candidates: dict[str, Candidate], probed: pl.DataFrame
) -> None:
    candidate = candidates["scorecard"]
    form = candidate.form
    assert isinstance(form, LinearForm)
    with pytest.raises(ParityBroken):
        proven_grounds(
            graph_of(candidate), candidate.recipe, Retold(candidate.native, replace(form, averages=None)), probed
        )


def test_trees_without_covers_have_no_grounds(candidates: dict[str, Candidate], probed: pl.DataFrame) -> None:
    candidate = candidates["lightgbm"]
    form = candidate.form
    assert isinstance(form, TreesForm)
    without = replace(form, trees=tuple(replace(tree, cover=None) for tree in form.trees))
    native = Retold(candidate.native, without)
    assert proven_grounds(graph_of(candidate), candidate.recipe, native, probed) is None


def test_a_published_version_tells_reasons_without_its_native_file(world: World) -> None:
    run, lease = world.open_run("one")
    version = publish(world.turn(run, lease), world.snapshot, world.select())
    assert version is not None
    bundle = open_bundle(world.vault.fetch(version.archive), trusted=world.house.trusted())
    explainer = explainer_of(replace(bundle, native=b""))
    num, cat = arrays_of(loans(3000).head(50).to_dicts(), bundle.schema)
    ranked = explainer.rank(num, cat, 2)
    assert any(explainer.tell(ranked, row) for row in range(50))
