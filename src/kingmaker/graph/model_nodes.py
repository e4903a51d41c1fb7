"""A fitted model's neutral form as graph nodes: prepared values in, margin and reason-code terms out."""

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from kingmaker.graph.builder import GraphBuilder
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm, TreesForm
from kingmaker.graph.tree_nodes import add_trees, constant_tree


@dataclass(frozen=True, slots=True)
class ModelTensors:
    """Names of the tensors that hold what the model says.

    `margin` is [N] double. `terms` is [N, T] double, what each term adds to the margin (T outputs for a linear form, T terms
    for an additive one); None for trees, whose outputs do not add up one by one.
    """

    margin: str
    terms: str | None


def add_model(graph: GraphBuilder, form: ModelForm, values: str) -> ModelTensors:
    """Add the model over `values`, the recipe's outputs [N, outputs] double, NaN meaning missing."""
    match form:
        case TreesForm():
            return _add_sum_of_trees(graph, form, values)
        case LinearForm():
            return _add_linear(graph, form, values)
        case AdditiveForm():
            return _add_additive(graph, form, values)


def _add_sum_of_trees(graph: GraphBuilder, form: TreesForm, values: str) -> ModelTensors:
    if form.inputs_are_float32:
        rounded = graph.op("Cast", [values], to=TensorProto.FLOAT)
        values = graph.op("Cast", [rounded], to=TensorProto.DOUBLE)
    trees = form.trees or (constant_tree(0.0),)
    column = add_trees(graph, trees, [0] * len(trees), less_or_equal=form.less_or_equal, values=values)
    total = graph.op("Squeeze", [column, graph.constant(np.array([1], dtype=np.int64))])
    return ModelTensors(graph.op("Add", [total, graph.constant(np.array(form.base))]), None)


def _add_linear(graph: GraphBuilder, form: LinearForm, values: str) -> ModelTensors:
    terms = graph.op("Mul", [values, graph.constant(form.coefficients.reshape(1, -1).astype(np.float64))])
    return ModelTensors(_add_total(graph, terms, form.intercept), terms)


def _add_additive(graph: GraphBuilder, form: AdditiveForm, values: str) -> ModelTensors:
    trees = form.terms or (constant_tree(0.0),)
    terms = add_trees(graph, trees, range(len(trees)), less_or_equal=form.less_or_equal, values=values)
    return ModelTensors(_add_total(graph, terms, form.intercept), terms)


def _add_total(graph: GraphBuilder, terms: str, intercept: float) -> str:
    total = graph.op("ReduceSum", [terms, graph.constant(np.array([1], dtype=np.int64))], keepdims=0)
    return graph.op("Add", [total, graph.constant(np.array(intercept))])
