"""A version whose bundle tells reasons, opened as people who look at it have it."""

from datetime import date

import pytest
from tests.bundle.conftest import CUT_OFFS, RECIPE, golden_of, graph_of, schema_of

from kingmaker.bundle.contents import Lineage, Parity
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import open_bundle
from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.bundle.reasons.explainer import explainer_of
from kingmaker.bundle.writing import BundleContents, write_bundle
from kingmaker.loop.models.opened import OpenedModel
from kingmaker.recipe.json import recipe_to_json

GROUNDS = Grounds(origins=(("amount",), ("term",), ("term",), ("purpose",)), averages=(0.1, 0.2, 0.3, 0.4))


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> OpenedModel:
    folder, graph = tmp_path_factory.mktemp("opened"), graph_of()
    lineage = Lineage(
        snapshot="a" * 64,
        declaration="b" * 64,
        as_of=date(2026, 6, 30),
        trial="c" * 64,
        seeds=(7,),
        learner="scorecard",
        hyperparameters={},
        packages={},
    )
    contents = BundleContents(
        pipeline="instalment",
        model=graph,
        recipe=recipe_to_json(RECIPE),
        native=b"{}",
        native_suffix=".json",
        cut_offs=CUT_OFFS,
        schema=schema_of(),
        golden=golden_of(graph),
        lineage=lineage,
        pins={},
        parity=Parity(rows=1, largest_pd_difference=0.0, score_differences=0, grade_differences=0, limit=1e-5),
        grounds=GROUNDS,
    )
    key = SigningKey.create(folder / "signing.key")
    bundle = open_bundle(write_bundle(contents, key, folder / "bundle").path, trusted=[key.public])
    return OpenedModel(bundle, prove(bundle), explainer_of(bundle), "", 1)
