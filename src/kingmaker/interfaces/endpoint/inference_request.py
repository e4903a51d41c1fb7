"""A request of the Open Inference Protocol v2: its JSON, with or without tensors in binary behind it."""

import json
from typing import Any

import msgspec

from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.serving.generous import shortened

HEADER_LENGTH = b"inference-header-content-length"
OUTPUTS = ("pd", "score", "grade", "approved")
VERSION = "version"
"""A further output, for those who ask for it: which version answered for each row."""

_REMEDY = "Send an inference request of the Open Inference Protocol v2."
_UNSUPPORTED = ("classification", "shared_memory_region")


class InputTensor(msgspec.Struct, gc=False):
    """`data` is the values, nested or not; None when they follow in binary."""

    name: str
    datatype: str
    shape: list[int]
    data: list[Any] | None = None
    parameters: dict[str, Any] = {}


class OutputWanted(msgspec.Struct, gc=False):
    """One output that the answer shall hold."""

    name: str
    parameters: dict[str, Any] = {}


class InferenceRequest(msgspec.Struct, gc=False):
    """`outputs` empty or absent asks for all of them."""

    inputs: list[InputTensor]
    id: str | int | None = None
    outputs: list[OutputWanted] | None = None
    parameters: dict[str, Any] = {}

    @property
    def wanted(self) -> tuple[tuple[str, bool], ...]:
        """The outputs to answer with, and whether each is wanted in binary."""
        binary = self.parameters.get("binary_data_output") is True
        if not self.outputs:
            return tuple((name, binary) for name in OUTPUTS)
        return tuple((output.name, output.parameters.get("binary_data", binary) is True) for output in self.outputs)


_decode = msgspec.json.Decoder(InferenceRequest).decode


def read_request(body: bytes, header_length: bytes) -> tuple[InferenceRequest, memoryview]:
    """The request and the bytes behind its JSON. Raises Refused for what is no such request."""
    whole = memoryview(body)
    if not header_length:
        return _checked(_decoded(whole)), whole[len(whole) :]
    if not header_length.isdigit() or len(header_length) > 12 or int(header_length) > len(body):
        raise _malformed(
            "the length of the JSON is not a number of bytes within the body", "Inference-Header-Content-Length"
        )
    length = int(header_length)
    return _checked(_decoded(whole[:length])), whole[length:]


def _decoded(data: memoryview) -> InferenceRequest:
    try:
        return _decode(data)
    except msgspec.ValidationError as error:
        raise _malformed(_lowered(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _with_nan(bytes(data), error)


def _with_nan(data: bytes, error: Exception) -> InferenceRequest:
    """Triton's own client writes a missing number as NaN, which is not JSON, and which Python's reader takes."""
    if b"NaN" not in data:
        raise _malformed(_lowered(error)) from None
    try:
        return msgspec.convert(json.loads(data), InferenceRequest)
    except (ValueError, RecursionError) as found:
        raise _malformed(_lowered(found)) from None


def _checked(request: InferenceRequest) -> InferenceRequest:
    names = [tensor.name for tensor in request.inputs]
    if not names:
        raise _malformed("the request has no inputs")
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise _malformed("there are two inputs of this name", f"input `{shortened(name)}`")
        seen.add(name)
    for output in request.outputs or ():
        where = f"output `{shortened(output.name)}`"
        if output.name not in {*OUTPUTS, VERSION}:
            raise _malformed(f"there is no such output, only {', '.join((*OUTPUTS, VERSION))}", where)
        _check_parameters(output.parameters, where)
    for tensor in request.inputs:
        _check_parameters(tensor.parameters, f"input `{shortened(tensor.name)}`")
    return request


def _check_parameters(parameters: dict[str, Any], where: str) -> None:
    found = next((name for name in _UNSUPPORTED if name in parameters), None)
    if found is not None:
        raise _malformed(f"the parameter `{found}` is not supported", where)


def _malformed(detail: str, where: str = "") -> Refused:
    return Refused(400, "inference_malformed", detail, where=where, remedy=_REMEDY)


def _lowered(error: Exception) -> str:
    told = str(error)[:200]
    return f"the request is not understood: {told[:1].lower()}{told[1:]}"
