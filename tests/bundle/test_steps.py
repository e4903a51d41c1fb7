"""Whole rows by the compiled library: onnxruntime's answers bit for bit, or it is not used."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bundle.forests import random_tree
from tests.graph.test_recipe_parity import recipes
from tests.serving.publisher import CUT_OFFS

from kingmaker.bundle.native.columns import Act, Columns, Tensor
from kingmaker.bundle.native.forest import NotWalkable
from kingmaker.bundle.native.library import Library, library
from kingmaker.bundle.native.program import Program
from kingmaker.bundle.native.trial import same_bits
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.stepped import SteppedGraph, Steps
from kingmaker.bundle.stepping import stepped_graph
from kingmaker.bundle.walked import WalkedGraph, walked_graph
from kingmaker.domain.thresholds import Calibration, Grade, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.forms import LinearForm, TreesForm
from kingmaker.recipe.spec import CategoryStep, Encoding, NumberStep, Recipe, Scaling

SPECIAL = (np.nan, np.inf, -np.inf, 0.0, -0.0, 0.5, -0.5, 5e-324, 1e300, -1e300, 0.1)
CATEGORY = CategoryStep(
    name="purpose", encoding=Encoding.WOE, levels=("1", "car"), values=(0.3, -0.4), missing=0.2, other=-0.5
)
ONE_HOT = CategoryStep(
    name="region", encoding=Encoding.ONE_HOT, levels=("north", "é"), has_other=True, has_missing=True
)
EVERYTHING = Recipe(
    variant="plain",
    numbers=(
        NumberStep(name="kept"),
        NumberStep(name="clipped", clip=(-0.5, 0.5), fill=0.1, indicator=True),
        NumberStep(name="scaled", scaling=Scaling.STANDARD, centre=0.3, spread=1.7),
    ),
    categories=(CATEGORY, ONE_HOT),
)


def forest(width: int, seed: int, *, trees: int = 20, single: bool = False) -> TreesForm:
    draw = np.random.default_rng(seed)
    made = [random_tree(draw, int(draw.integers(1, 12)), width) for _ in range(trees)]
    small = tuple(replace(tree, value=tree.value * 0.3) for tree in made)
    return TreesForm(trees=small, base=-0.4, less_or_equal=bool(seed % 2), inputs_are_float32=single)


def model_of(
    recipe: Recipe,
    form: TreesForm | LinearForm,
    calibration: Calibration | None = None,
    thresholds: Thresholds | None = None,
) -> bytes:
    calibration, thresholds = calibration or CUT_OFFS.calibration, thresholds or CUT_OFFS.thresholds
    return graph_bytes(
        build_graph(recipe=recipe, form=form, calibration=calibration, thresholds=thresholds, metadata={})
    )


def rows_of(recipe: Recipe, count: int, seed: int) -> tuple[np.ndarray | None, np.ndarray | None]:
    draw = np.random.default_rng(seed)
    num = draw.normal(size=(count, len(recipe.numbers)))
    marks = [bound for step in recipe.numbers for bound in (*(step.clip or ()), step.centre, step.fill or 0.0)]
    hit = draw.random(num.shape) < 0.5
    num[hit] = draw.choice([*SPECIAL, *marks], np.count_nonzero(hit))
    texts = [
        draw.choice(np.array(["", "nan", "None", "never seen", "南", *step.levels], dtype=object), count)
        for step in recipe.categories
    ]
    cat = np.array(texts, dtype=object).T if texts else None
    return (num if recipe.numbers else None), cat


def stepped_scorer(model: bytes) -> Scorer:
    scorer = Scorer(model, walked=True)
    assert scorer.stepped is not None
    return scorer


def assert_same(model: bytes, recipe: Recipe, *, seed: int, counts: tuple[int, ...] = (1, 2, 7, 33, 300)) -> None:
    plain, stepped = Scorer(model), stepped_scorer(model)
    for count in counts:
        num, cat = rows_of(recipe, count, seed + count)
        one, other = plain.score(num, cat), stepped.score(num, cat)
        assert one.margin is not None
        assert other.margin is not None
        assert same_bits(one.pd, other.pd)
        assert same_bits(one.margin, other.margin)
        for name in ("score", "grade", "approved"):
            ours, theirs = getattr(other, name), getattr(one, name)
            assert ours.dtype == theirs.dtype
            assert np.array_equal(ours, theirs)


needs_library = pytest.mark.skipif(
    (found := library()) is None or found.run is None, reason="the package was built without a C compiler"
)


@needs_library
@pytest.mark.parametrize("single", [True, False])
def test_numbers_texts_and_everything_a_recipe_of_trees_does_are_answered_alike(single: bool) -> None:
    form = forest(len(EVERYTHING.outputs()), seed=5, single=single)
    assert_same(model_of(EVERYTHING, form), EVERYTHING, seed=1)


@needs_library
@settings(deadline=None, max_examples=40)
@given(recipe=recipes(), seed=st.integers(0, 2**20))
def test_a_recipe_is_answered_alike_or_left_to_onnxruntime(recipe: Recipe, seed: int) -> None:
    model = model_of(recipe, forest(len(recipe.outputs()), seed))
    scorer = Scorer(model, walked=True)
    plain_steps = all(step.bins is None and step.scaling is not Scaling.LOG for step in recipe.numbers)
    if plain_steps and scorer.stepped is not None:
        assert_same(model, recipe, seed=seed, counts=(1, 40))
    if not plain_steps:
        assert scorer.stepped is None


@needs_library
@settings(deadline=None, max_examples=40)
@given(
    intercept=st.floats(-6, 6),
    slope=st.floats(0.01, 4) | st.just(1.0) | st.just(1 + 1e-9),
    floors=st.lists(st.integers(300, 800), min_size=1, max_size=6, unique=True),
    cut=st.integers(300, 800),
)
def test_every_calibration_and_grading_is_answered_alike(
    intercept: float, slope: float, floors: list[int], cut: int
) -> None:
    falling = sorted(floors, reverse=True)
    grades = tuple(
        Grade(name=f"G{place}", lowest_score=floor, share=0.1, bad_rate=0.1)
        for place, floor in enumerate([*falling, None])
    )
    recipe = Recipe(variant="plain", numbers=(NumberStep(name="a"), NumberStep(name="b")), categories=())
    thresholds = replace(CUT_OFFS.thresholds, grades=grades, approve_from=cut)
    model = model_of(recipe, forest(2, seed=3), Calibration(intercept=intercept, slope=slope), thresholds)
    assert_same(model, recipe, seed=2, counts=(64,))


@needs_library
def test_what_is_not_among_the_steps_is_left_to_onnxruntime() -> None:
    step = NumberStep(name="a", scaling=Scaling.LOG, shift=-1.0)
    recipe = Recipe(variant="plain", numbers=(step,), categories=())
    scorer = Scorer(model_of(recipe, forest(1, seed=4)), walked=True)
    assert scorer.is_walked
    assert scorer.stepped is None


class Bent(WalkedGraph):
    """onnxruntime's answers with one of them changed in a last digit."""

    def __init__(self, right: WalkedGraph, *, before: bool) -> None:
        super().__init__(right.cut, right.walker)
        self._before_is_bent = before

    def prepared(self, feed: dict[str, object]) -> np.ndarray:
        values = super().prepared(feed).copy()
        if self._before_is_bent:
            place = np.flatnonzero(np.isfinite(values))[-1]
            values.flat[place] = np.nextafter(values.flat[place], np.inf)
        return values

    def answers(self, names: list[str], sums: np.ndarray) -> list[np.ndarray]:
        found = super().answers(names, sums)
        if not self._before_is_bent and "pd" in names:
            bent = found[names.index("pd")] = found[names.index("pd")].copy()
            bent[17] = np.nextafter(bent[17], 2.0)
        return found


@needs_library
@pytest.mark.parametrize("before", [True, False])
def test_steps_that_differ_in_a_last_digit_are_found_out(before: bool) -> None:
    walked = walked_graph(model_of(EVERYTHING, forest(len(EVERYTHING.outputs()), seed=6)))
    assert walked is not None
    assert stepped_graph(walked) is not None
    assert stepped_graph(Bent(walked, before=before)) is None


@needs_library
def test_a_library_that_knows_no_programs_leaves_rows_to_onnxruntime() -> None:
    walked = walked_graph(model_of(EVERYTHING, forest(len(EVERYTHING.outputs()), seed=7)))
    assert walked is not None
    old = walked.walker.library
    walked.walker.library = Library(old.sum, old.block)
    assert stepped_graph(walked) is None


@needs_library
def test_rows_of_another_width_are_refused() -> None:
    walked = walked_graph(model_of(EVERYTHING, forest(len(EVERYTHING.outputs()), seed=8)))
    assert walked is not None
    steps = Steps(walked.cut, walked.walker.trees, walked.walker.library)
    with pytest.raises(ValueError, match="reads 5 columns"):
        steps.preparing().run(np.zeros((2, 4)))
    assert isinstance(steps.whole(), SteppedGraph)


@needs_library
def test_a_step_that_reads_a_column_that_there_is_not_never_reaches_the_library() -> None:
    found = library()
    assert found is not None
    for first, result in ((7, 2), (-1, 2), (0, 9), (0, -1)):
        columns = Columns()
        columns.taken(3)
        columns.steps.append((Act.ADD, first, 1, 1, result))
        with pytest.raises(ValueError, match="a column that there is not"):
            Program(found, columns, 2, [2])


def test_matrices_that_do_not_go_together_are_left_to_onnxruntime() -> None:
    columns = Columns()
    two, three = (Tensor(columns.taken(width), "double", is_matrix=True) for width in (2, 3))
    vector = Tensor(columns.taken(1), "double")
    with pytest.raises(NotWalkable, match="different widths"):
        columns.each(Act.ADD, two, three, kind="double")
    with pytest.raises(NotWalkable, match="a matrix meets a vector"):
        columns.each(Act.ADD, two, vector, kind="double")
