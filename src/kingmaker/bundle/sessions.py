"""onnxruntime's sessions, set up so that a row's answer never depends on its neighbours or on other threads."""

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    """Raises whatever onnxruntime raises, which is a dozen unrelated classes."""
    return onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])


def even_rows(matrix: NDArray[Any]) -> NDArray[Any]:
    """An even number of rows, by repeating the last.

    onnxruntime computes exp and log two doubles at a time and a left-over one by another routine, whose last digit may
    differ: with an even number of rows a row's answer is the same bits wherever it stands.
    """
    return np.concatenate([matrix, matrix[-1:]]) if len(matrix) % 2 else matrix


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return options
