"""The compiled walker of trees: onnxruntime's own sums, bit for bit, or it is not used."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx import NodeProto, TensorProto, helper

from kingmaker.bundle.native.cut import cut_at_trees
from kingmaker.bundle.native.forest import Forest, NotWalkable, check_forest, read_forest
from kingmaker.bundle.native.library import LIBRARY, library
from kingmaker.bundle.native.packing import pack
from kingmaker.bundle.native.trial import same_bits, trial_rows
from kingmaker.bundle.native.walker import TreeWalker
from kingmaker.bundle.scorer import Scorer
from kingmaker.bundle.sessions import session_of
from kingmaker.bundle.walked import agrees, walked_graph
from kingmaker.domain.thresholds import Calibration, Grade, ScoreScale, Thresholds
from kingmaker.graph.assemble import build_graph, graph_bytes
from kingmaker.graph.builder import GraphBuilder
from kingmaker.graph.forms import LinearForm, ModelForm, Tree, TreesForm
from kingmaker.graph.tree_nodes import add_trees, constant_tree
from kingmaker.recipe.spec import NumberStep, Recipe

WIDTH = 5
needs_library = pytest.mark.skipif(library() is None, reason="the package was built without a C compiler")


def random_tree(draw: np.random.Generator, splits: int, *, chain: bool) -> Tree:
    """Splits one leaf after another: the youngest (a chain) or any; thresholds are few, so that rows hit them."""
    if not splits:
        return constant_tree(float(draw.normal()))
    count = 2 * splits + 1
    feature, left, right = (np.full(count, -1) for _ in range(3))
    leaves = [0]
    for split in range(splits):
        node = leaves.pop(-1 if chain else int(draw.integers(len(leaves))))
        left[node], right[node] = 2 * split + 1, 2 * split + 2
        feature[node] = draw.integers(WIDTH)
        leaves += [2 * split + 1, 2 * split + 2]
    return Tree(
        feature=feature,
        threshold=draw.choice([-np.inf, np.inf, 0.0, -0.0, 5e-324, 1.5, -2.25, draw.normal()], count),
        left=left,
        right=right,
        missing_left=draw.random(count) < 0.5,
        value=np.where(feature < 0, draw.choice([0.0, -0.0, 1e300, draw.normal(), draw.normal()], count), 0.0),
    )


def node_of(trees: list[Tree], *, less_or_equal: bool) -> NodeProto:
    graph = GraphBuilder()
    add_trees(graph, trees, [0] * len(trees), less_or_equal=less_or_equal, values="values")
    return graph.nodes[-1]


def runtime_sums(node: NodeProto, rows: np.ndarray) -> np.ndarray:
    model = helper.make_model(
        helper.make_graph(
            [node],
            "trees",
            [helper.make_tensor_value_info(node.input[0], TensorProto.DOUBLE, ["rows", WIDTH])],
            [helper.make_tensor_value_info(node.output[0], TensorProto.DOUBLE, ["rows", 1])],
        ),
        ir_version=10,
        opset_imports=[helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 5)],
    )
    return session_of(model.SerializeToString()).run(None, {node.input[0]: rows})[0][:, 0]


def walker_of(node: NodeProto) -> TreeWalker:
    found = library()
    assert found is not None
    return TreeWalker(found, read_forest(node))


@needs_library
@settings(deadline=None, max_examples=120)
@example(seed=1, trees=500, splits=30, rows=70, less_or_equal=True, chain=False)
@example(seed=2, trees=3, splits=400, rows=40, less_or_equal=False, chain=True)
@example(seed=3, trees=1, splits=0, rows=1, less_or_equal=False, chain=False)
@given(
    seed=st.integers(0, 2**32),
    trees=st.integers(1, 60),
    splits=st.integers(0, 60),
    rows=st.integers(1, 1000),
    less_or_equal=st.booleans(),
    chain=st.booleans(),
)
def test_every_sum_is_onnxruntime_s_bit_for_bit(
    seed: int, trees: int, splits: int, rows: int, less_or_equal: bool, chain: bool
) -> None:
    draw = np.random.default_rng(seed)
    forest = [random_tree(draw, int(draw.integers(splits + 1)), chain=chain) for _ in range(trees)]
    node = node_of(forest, less_or_equal=less_or_equal)
    values = trial_rows(read_forest(node), WIDTH, rows)
    assert same_bits(walker_of(node).sums(values), runtime_sums(node, values))


@needs_library
@pytest.mark.parametrize("less_or_equal", [True, False])
@pytest.mark.parametrize("trees", [1, 2, 7, 8, 9, 23])
@pytest.mark.parametrize("rows", [*range(1, 10), 33, 40, 41])
def test_few_rows_walked_through_several_trees_at_once_have_the_same_sums(
    rows: int, trees: int, less_or_equal: bool
) -> None:
    """Trees of every depth side by side, a number of them that does not come out even, and a last block of few rows."""
    draw = np.random.default_rng(rows * 100 + trees)
    forest = [random_tree(draw, int(draw.integers(40)), chain=bool(draw.integers(2))) for _ in range(trees)]
    node = node_of(forest, less_or_equal=less_or_equal)
    values = trial_rows(read_forest(node), WIDTH, rows)
    assert same_bits(walker_of(node).sums(values), runtime_sums(node, values))


@needs_library
def test_no_rows_have_no_sums_and_rows_too_narrow_are_refused() -> None:
    walker = walker_of(node_of([random_tree(np.random.default_rng(1), 40, chain=False)], less_or_equal=True))
    assert walker.sums(np.empty((0, WIDTH))).shape == (0,)
    with pytest.raises(ValueError, match="the trees read 5 columns"):
        walker.sums(np.zeros((3, WIDTH - 1)))


@needs_library
def test_rows_that_lie_crosswise_in_memory_are_read_rightly() -> None:
    node = node_of([random_tree(np.random.default_rng(4), 30, chain=False)], less_or_equal=False)
    values = np.asfortranarray(trial_rows(read_forest(node), WIDTH, 90))
    assert same_bits(walker_of(node).sums(values[::2]), runtime_sums(node, np.ascontiguousarray(values[::2])))


@needs_library
def test_a_walker_that_differs_in_a_last_digit_is_found_out() -> None:
    cut = cut_at_trees(model_of(trees_form(20, seed=6)))
    session, forest = session_of(cut.trees), read_forest(cut.node)
    found = library()
    assert found is not None
    assert agrees(TreeWalker(found, forest), forest, session)
    bent = replace(forest, leaves=np.nextafter(forest.leaves, np.inf))
    assert not agrees(TreeWalker(found, bent), bent, session)


FOREST = Forest(
    roots=np.array([0, 2]),
    feature=np.array([0, 1, 2]),
    threshold=np.array([0.0, 1.0, 2.0]),
    missing_is_true=np.array([True, False, True]),
    true=np.array([1, 1, 3]),
    true_is_leaf=np.array([False, True, True]),
    false=np.array([0, 2, 4]),
    false_is_leaf=np.array([True, True, True]),
    leaves=np.arange(5.0),
    less_or_equal=False,
)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"true": np.array([3, 1, 3])}, "a node that does not exist"),
        ({"true": np.array([-1, 1, 3])}, "a node that does not exist"),
        ({"false": np.array([0, 2, 5])}, "a leaf that does not exist"),
        ({"false": np.array([0, 2, -4])}, "a leaf that does not exist"),
        ({"true": np.array([0, 1, 3])}, "a node has two parents"),
        ({"true": np.array([2, 1, 3])}, "a node has two parents"),
        ({"false": np.array([0, 2, 0])}, "a leaf has two parents"),
        ({"roots": np.array([0, 0])}, "a node has two parents"),
        ({"roots": np.array([0, 3])}, "a node that does not exist"),
        ({"roots": np.array([], dtype=np.int64)}, "no trees"),
        ({"feature": np.array([0, -1, 2])}, "a column that cannot be"),
        ({"feature": np.array([0, 2**40, 2])}, "a column that cannot be"),
        ({"threshold": np.array([0.0, np.nan, 2.0])}, "not a number"),
        ({"threshold": np.zeros(2)}, "differ in length"),
        ({"missing_is_true": np.zeros(4, dtype=bool)}, "differ in length"),
        ({"leaves": np.empty(0)}, "no trees, or too many leaves"),
    ],
)
def test_arrays_that_do_not_describe_trees_never_reach_the_library(broken: dict[str, Any], told: str) -> None:
    check_forest(FOREST)
    with pytest.raises(NotWalkable, match=told):
        check_forest(replace(FOREST, **broken))


def wired(order: list[int], count: int, slots: list[int], leaves: list[int]) -> Forest:
    """`count` roots; the other inner nodes are children in these slots, perhaps of one another and of no tree."""
    child, is_leaf = np.array(leaves), np.ones(6, dtype=np.bool_)
    for node, slot in zip(order[count:], slots, strict=False):
        child[slot], is_leaf[slot] = node, False
    return replace(
        FOREST,
        roots=np.array(order[:count]),
        true=child[:3],
        false=child[3:],
        true_is_leaf=is_leaf[:3],
        false_is_leaf=is_leaf[3:],
        leaves=np.arange(6.0),
    )


@settings(deadline=None, max_examples=200)
@given(
    order=st.permutations(range(3)),
    count=st.integers(1, 3),
    slots=st.permutations(range(6)),
    leaves=st.permutations(range(6)),
)
def test_whatever_passes_the_check_stays_within_its_arrays(
    order: list[int], count: int, slots: list[int], leaves: list[int]
) -> None:
    forest = wired(order, count, slots, leaves)
    check_forest(forest)
    trees = pack(forest, 32)
    ends = np.append(trees.roots[1:], len(trees.nodes))
    for root, end in zip(trees.roots, ends, strict=True):
        nodes = trees.nodes[root:end]
        child = nodes["left"] // nodes.itemsize
        is_leaf = np.isnan(nodes["threshold"])
        assert (child[is_leaf] == np.flatnonzero(is_leaf)).all()
        assert (child[~is_leaf] > np.flatnonzero(~is_leaf)).all()
        assert (child[~is_leaf] + 1 < len(nodes)).all()
        assert (nodes["column"] // 32 < len(trees.features)).all()


def test_a_tree_deeper_than_any_model_s_is_left_to_onnxruntime() -> None:
    node = node_of([random_tree(np.random.default_rng(5), 1500, chain=True)], less_or_equal=True)
    with pytest.raises(NotWalkable, match="too deep"):
        pack(read_forest(node), 32)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("n_targets", 2, "several targets"),
        ("aggregate_function", 3, "does not sum"),
        ("post_transform", 1, "transforms"),
        ("nodes_hitrates", [1, 2], "not known"),
        ("tree_roots", "text", "not a list of integers"),
        ("leaf_weights", [1, 2], "not a tensor"),
    ],
)
def test_a_node_that_asks_for_something_else_is_left_to_onnxruntime(name: str, value: object, told: str) -> None:
    node = node_of([constant_tree(1.0), constant_tree(2.0)], less_or_equal=True)
    kept = [attribute for attribute in node.attribute if attribute.name != name]
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute(name, value)])
    with pytest.raises(NotWalkable, match=told):
        read_forest(node)


def trees_form(count: int, seed: int = 8) -> TreesForm:
    draw = np.random.default_rng(seed)
    trees = tuple(
        replace(tree, value=tree.value.clip(-1, 1))
        for tree in (random_tree(draw, 20, chain=False) for _ in range(count))
    )
    return TreesForm(trees=trees, base=0.1, less_or_equal=False, inputs_are_float32=True)


def model_of(form: ModelForm) -> bytes:
    recipe = Recipe(
        variant="plain", numbers=tuple(NumberStep(name=f"column_{one}") for one in range(WIDTH)), categories=()
    )
    return graph_bytes(
        build_graph(
            recipe=recipe,
            form=form,
            calibration=Calibration(intercept=0.1, slope=0.9),
            thresholds=Thresholds(
                scale=ScoreScale(),
                grades=(
                    Grade(name="A", lowest_score=480, share=0.5, bad_rate=0.02),
                    Grade(name="B", lowest_score=None, share=0.5, bad_rate=0.2),
                ),
                approve_from=470,
                approval_rate=0.7,
                method="optimal",
            ),
            metadata={},
        )
    )


@needs_library
@pytest.mark.parametrize("rows", [1, 2, 31, 1000, 20_000])
def test_a_walked_graph_gives_the_whole_graph_s_answers(rows: int) -> None:
    model = model_of(trees_form(60))
    plain, walked = Scorer(model, threads=2), Scorer(model, threads=2, walked=True)
    assert (plain.is_walked, walked.is_walked) == (False, True)
    values = trial_rows(read_forest(cut_at_trees(model).node), WIDTH, rows)
    one, other = plain.score(values, None), walked.score(values, None)
    assert one.margin is not None
    assert other.margin is not None
    assert same_bits(one.pd, other.pd)
    assert same_bits(one.margin, other.margin)
    for name in ("score", "grade", "approved"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("form", [trees_form(3), LinearForm(intercept=0.1, coefficients=np.ones(WIDTH))])
def test_a_graph_with_few_trees_or_none_is_left_to_onnxruntime(form: ModelForm) -> None:
    assert not Scorer(model_of(form), walked=True).is_walked


def test_a_graph_that_reads_a_row_again_after_its_trees_is_left_to_onnxruntime() -> None:
    model = onnx.load_model_from_string(model_of(trees_form(20)))
    pd = next(node for node in model.graph.node if "pd" in node.output)
    pd.output[0] = "pd_before"
    model.graph.initializer.append(onnx.numpy_helper.from_array(np.array([0], dtype=np.int64), "first"))
    model.graph.node.extend(
        [
            helper.make_node("Gather", ["num", "first"], ["columns"], axis=1),
            helper.make_node("ReduceSum", ["columns"], ["column"], keepdims=0),
            helper.make_node("Add", ["pd_before", "column"], ["pd"]),
        ]
    )
    with pytest.raises(NotWalkable, match="reads more than their sum"):
        cut_at_trees(model.SerializeToString())


def test_without_the_library_onnxruntime_scores(tmp_path: Path) -> None:
    model = model_of(trees_form(20))
    assert walked_graph(model, tmp_path / "absent.so") is None
    (tmp_path / "broken.so").write_bytes(b"not a library")
    assert library(tmp_path / "broken.so") is None
    assert walked_graph(model, tmp_path / "broken.so") is None


def test_the_library_lies_beside_its_source() -> None:
    assert LIBRARY.with_suffix(".c").is_file()
