import numpy as np
import onnx
import pytest

from kingmaker.bundle.operators import ALLOWED, check_graph
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm, Tree, TreesForm
from kingmaker.recipe.spec import Bins, CategoryStep, Encoding, NumberStep, Recipe, Scaling

RECIPE = Recipe(
    variant="plain",
    numbers=(
        NumberStep(name="kept"),
        NumberStep(name="clipped", clip=(0.0, 1.0), fill=0.5, indicator=True),
        NumberStep(name="logged", scaling=Scaling.LOG, shift=-1.0),
        NumberStep(name="standard", scaling=Scaling.STANDARD, centre=1.0, spread=2.0),
        NumberStep(name="ranged", scaling=Scaling.MIN_MAX, centre=1.0, spread=2.0),
        NumberStep(name="binned", bins=Bins(edges=(0.0, 1.0), values=(0.1, 0.2, 0.3), missing=0.0)),
    ),
    categories=(
        CategoryStep(name="hot", encoding=Encoding.ONE_HOT, levels=("a", "b"), has_other=True, has_missing=True),
        CategoryStep(name="ordered", encoding=Encoding.ORDINAL, levels=("a", "b"), values=(0.0, 1.0)),
        CategoryStep(name="woe", encoding=Encoding.WOE, levels=("a", "b"), values=(0.5, -0.5)),
    ),
)
STUMP = Tree(
    feature=np.array([0, -1, -1]),
    threshold=np.array([0.5, 0.0, 0.0]),
    left=np.array([1, 0, 0]),
    right=np.array([2, 0, 0]),
    missing_left=np.array([True, False, False]),
    value=np.array([0.0, -1.0, 1.0]),
)
FORMS: dict[str, ModelForm] = {
    "trees": TreesForm(trees=(STUMP,), base=0.1, less_or_equal=True, inputs_are_float32=True),
    "linear": LinearForm(intercept=0.1, coefficients=np.ones(len(RECIPE.outputs()))),
    "additive": AdditiveForm(intercept=0.1, terms=(STUMP, STUMP), columns=((0,), (0,)), less_or_equal=False),
}
THRESHOLDS = Thresholds(
    scale=ScoreScale(),
    grades=(
        Grade(name="A", lowest_score=600, share=0.5, bad_rate=0.1),
        Grade(name="B", lowest_score=500, share=0.3, bad_rate=0.2),
        Grade(name="C", lowest_score=None, share=0.2, bad_rate=0.4),
    ),
    approve_from=500,
    approval_rate=0.8,
    method="optimal",
)


def graph_of(form: ModelForm) -> bytes:
    calibration = Calibration(intercept=0.1, slope=0.9)
    return graph_bytes(
        build_graph(
            recipe=RECIPE, form=form, calibration=calibration, thresholds=THRESHOLDS, metadata={"columns": "all"}
        )
    )


@pytest.mark.parametrize("name", FORMS)
def test_every_form_and_every_step_of_a_recipe_is_accepted(name: str) -> None:
    check_graph(graph_of(FORMS[name]), where=name)


def test_nothing_is_allowed_that_no_graph_needs() -> None:
    models = [onnx.load_model_from_string(graph_of(form)) for form in FORMS.values()]
    used = {(node.domain, node.op_type) for model in models for node in model.graph.node}
    allowed = {(domain, kind) for domain, kinds in ALLOWED.items() for kind in kinds}
    assert allowed - used == set()
