"""The one ONNX graph: raw columns in; margin, pd, score, grade and approval out."""

from collections.abc import Mapping

import onnx
from onnx import TensorProto, helper

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.graph.builder import IR_VERSION, ML_DOMAIN, ML_OPSET, OPSET, GraphBuilder
from kingmaker.graph.calibration_nodes import add_calibration, add_pd
from kingmaker.graph.forms import AdditiveForm, LinearForm, ModelForm
from kingmaker.graph.grade_nodes import add_grades
from kingmaker.graph.model_nodes import add_model
from kingmaker.graph.recipe_nodes import add_recipe
from kingmaker.recipe.spec import Recipe

ROWS = "rows"


def build_graph(
    *,
    recipe: Recipe,
    form: ModelForm,
    calibration: Calibration | None,
    thresholds: Thresholds | None,
    metadata: Mapping[str, str],
) -> onnx.ModelProto:
    """Assemble and check the graph. The same arguments give the same bytes (`graph_bytes`).

    Inputs: `num` [rows, k] double and `cat` [rows, m] string, each only where the recipe has such columns. Outputs: `margin`
    [rows] double; `pd` [rows] double with a calibration; `score` [rows] int64, `grade` [rows] string and `approved` [rows]
    bool with thresholds; `terms` [rows, T] double where the model has terms. Raises GraphUnsupported.
    """
    if not recipe.outputs():
        raise GraphUnsupported("the recipe has no column left", remedy="Allow more features, or refuse fewer columns.")
    if thresholds is not None and calibration is None:
        raise GraphUnsupported("grades need a calibrated pd", remedy="Fit the calibration before the grades.")
    graph = GraphBuilder()
    values = add_recipe(graph, recipe, numbers="num", categories="cat")
    outputs = _add_answers(graph, form, values, calibration, thresholds)
    return _sealed(graph, _inputs(recipe), outputs, metadata)


def graph_bytes(model: onnx.ModelProto) -> bytes:
    """The file's bytes; the same model gives the same bytes."""
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _add_answers(
    graph: GraphBuilder, form: ModelForm, values: str, calibration: Calibration | None, thresholds: Thresholds | None
) -> list[onnx.ValueInfoProto]:
    model = add_model(graph, form, values)
    margin = graph.op("Identity", [model.margin], output="margin")
    outputs = [_vector("margin", TensorProto.DOUBLE)]
    if calibration is not None:
        log_odds = add_calibration(graph, calibration, margin)
        add_pd(graph, log_odds)
        outputs.append(_vector("pd", TensorProto.DOUBLE))
        if thresholds is not None:
            add_grades(graph, thresholds, log_odds)
            kinds = {"score": TensorProto.INT64, "grade": TensorProto.STRING, "approved": TensorProto.BOOL}
            outputs += [_vector(name, kind) for name, kind in kinds.items()]
    if model.terms is not None:
        graph.op("Identity", [model.terms], output="terms")
        outputs.append(helper.make_tensor_value_info("terms", TensorProto.DOUBLE, [ROWS, _terms_of(form)]))
    return outputs


def _terms_of(form: ModelForm) -> int:
    match form:
        case LinearForm():
            return len(form.coefficients)
        case AdditiveForm():
            return max(len(form.terms), 1)
        case _:
            return 0


def _vector(name: str, kind: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, [ROWS])


def _inputs(recipe: Recipe) -> list[onnx.ValueInfoProto]:
    widths = [("num", TensorProto.DOUBLE, len(recipe.numbers)), ("cat", TensorProto.STRING, len(recipe.categories))]
    return [helper.make_tensor_value_info(name, kind, [ROWS, width]) for name, kind, width in widths if width]


def _sealed(
    graph: GraphBuilder,
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    metadata: Mapping[str, str],
) -> onnx.ModelProto:
    model = helper.make_model(
        helper.make_graph(graph.nodes, "kingmaker", inputs, outputs, initializer=graph.constants),
        producer_name="kingmaker",
        ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(ML_DOMAIN, ML_OPSET)],
    )
    helper.set_model_props(model, dict(sorted(metadata.items())))
    onnx.checker.check_model(model)
    return model
