"""Runs a model's neutral form through onnxruntime, as an endpoint would."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper

from kingmaker.graph.builder import IR_VERSION, ML_DOMAIN, ML_OPSET, OPSET, GraphBuilder
from kingmaker.graph.forms import ModelForm
from kingmaker.graph.model_nodes import add_model


def graph_answers(
    form: ModelForm, values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Margin [N] and terms [N, T] (None for trees) that the graph gives for prepared values."""
    builder = GraphBuilder()
    tensors = add_model(builder, form, "values")
    outputs = [helper.make_tensor_value_info(tensors.margin, TensorProto.DOUBLE, ["N"])]
    if tensors.terms is not None:
        outputs.append(helper.make_tensor_value_info(tensors.terms, TensorProto.DOUBLE, ["N", "T"]))
    values_info = helper.make_tensor_value_info("values", TensorProto.DOUBLE, ["N", values.shape[1]])
    graph = helper.make_graph(builder.nodes, "model", [values_info], outputs, builder.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML_DOMAIN, ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    answers = session.run(None, {"values": values})
    return answers[0], answers[1] if tensors.terms is not None else None
