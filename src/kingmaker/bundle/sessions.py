"""onnxruntime's sessions, set up so that a row's answer never depends on its neighbours or on other threads."""

import onnxruntime


def session_of(model: bytes) -> onnxruntime.InferenceSession:
    """Raises whatever onnxruntime raises, which is a dozen unrelated classes."""
    return onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])


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
