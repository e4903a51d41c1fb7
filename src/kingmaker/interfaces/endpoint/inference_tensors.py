"""Tensors of the Open Inference Protocol v2, in JSON or in binary, as columns."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kingmaker.interfaces.endpoint.columns import Column, Plain, column_of
from kingmaker.interfaces.endpoint.inference_request import InferenceRequest, InputTensor
from kingmaker.interfaces.endpoint.problems import Refused
from kingmaker.serving.fields import Fields
from kingmaker.serving.generous import shortened

BYTES = "BYTES"
FLOATS = ("FP64", "FP32", "FP16")
CODES = {
    "BOOL": "?",
    **{
        f"{sign}INT{bits}": f"<{letter}{bits // 8}"
        for sign, letter in (("", "i"), ("U", "u"))
        for bits in (8, 16, 32, 64)
    },
    "FP16": "<f2",
    "FP32": "<f4",
    "FP64": "<f8",
}
"""numpy's code of each datatype but BYTES."""

_KINDS: Mapping[str, tuple[type, ...]] = {
    BYTES: (str,),
    "BOOL": (bool,),
    **{name: (int,) for name in CODES if "INT" in name},
    **dict.fromkeys(FLOATS, (int, float)),
}
DATATYPES = tuple(_KINDS)
_DEEPEST = 4


def columns_of(request: InferenceRequest, raw: memoryview, fields: Fields) -> tuple[dict[str, Column], int]:
    """The request's tensors as columns by name, and their rows. Raises Refused naming tensor and row.

    A tensor is one column of shape [N] or [N, 1]. One tensor of numbers of shape [N, k] alone is the k numbers of a model
    that reads nothing else, in the order in which it names them.
    """
    if _is_matrix(request.inputs, fields):
        return _matrix(request.inputs[0], raw, fields)
    rows = -1
    columns: dict[str, Column] = {}
    for tensor in request.inputs:
        count = _rows(tensor)
        if rows not in {-1, count}:
            raise _invalid(tensor, f"it has {count} rows, and the inputs before it have {rows}")
        rows = count
        fields.check_count(rows)
        columns[tensor.name], raw = _values(tensor, count, raw)
    _check_consumed(raw)
    return columns, rows


def row_of(request: InferenceRequest, fields: Fields) -> dict[str, Any] | None:
    """The values of a request for one row in JSON, by name; None for another request. Raises Refused, as `columns_of`.

    One row needs no arrays, and is read sooner as what it is.
    """
    inputs = request.inputs
    if any(tensor.shape not in ([1], [1, 1]) or tensor.parameters for tensor in inputs) or _is_matrix(inputs, fields):
        return None
    for tensor in inputs:
        _check_datatype(tensor)
    return {tensor.name: _listed(tensor, 1)[0] for tensor in inputs}


def _is_matrix(inputs: Sequence[InputTensor], fields: Fields) -> bool:
    tensor = inputs[0]
    return (
        len(inputs) == 1
        and len(tensor.shape) == 2
        and not fields.schema.categories
        and tensor.name not in fields.columns
        and tensor.datatype in FLOATS
    )


def _matrix(tensor: InputTensor, raw: memoryview, fields: Fields) -> tuple[dict[str, Column], int]:
    numbers = fields.schema.numbers
    rows, width = tensor.shape
    if width != len(numbers) or rows < 0:
        raise _invalid(tensor, f"its shape is {_shape(tensor)}, and the model reads [rows, {len(numbers)}]")
    fields.check_count(rows)
    found, rest = _values(tensor, rows * width, raw)
    _check_consumed(rest)
    if not isinstance(found, Plain):
        raise _invalid(tensor, "it holds an integer that no double holds")
    return {field.name: Plain(found.values[place::width]) for place, field in enumerate(numbers)}, rows


def _rows(tensor: InputTensor) -> int:
    shape = tensor.shape
    if len(shape) not in {1, 2} or shape[1:] not in ([], [1]) or shape[0] < 0:
        raise _invalid(tensor, f"its shape is {_shape(tensor)}, and an input of the model is [rows] or [rows, 1]")
    return shape[0]


def _values(tensor: InputTensor, count: int, raw: memoryview) -> tuple[Column, memoryview]:
    """The values of a tensor, and the bytes left for the tensors after it."""
    _check_datatype(tensor)
    size = tensor.parameters.get("binary_data_size")
    if size is None:
        return column_of(_listed(tensor, count)), raw
    if tensor.data is not None:
        raise _invalid(tensor, "it has its data in JSON and in binary")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= len(raw):
        raise _invalid(tensor, "its binary_data_size is not a number of bytes that the body still holds")
    return _of_binary(tensor, count, raw[:size]), raw[size:]


def _check_datatype(tensor: InputTensor) -> None:
    if tensor.datatype not in DATATYPES:
        raise _invalid(tensor, f"its datatype {shortened(tensor.datatype)} is not one of {', '.join(DATATYPES)}")


def _listed(tensor: InputTensor, count: int) -> list[Any]:
    if tensor.data is None:
        raise _invalid(tensor, "it has no data")
    values = tensor.data
    if any(isinstance(value, list) for value in values):
        values = list(_flat(tensor, values, 1))
    if len(values) != count:
        raise _invalid(tensor, f"it holds {len(values)} values, and its shape {_shape(tensor)} says {count}")
    kinds = _KINDS[tensor.datatype]
    if not set(map(type, values)) <= {*kinds, type(None)}:
        row = next(row for row, value in enumerate(values) if value is not None and type(value) not in kinds)
        raise _invalid(tensor, f"a value is no {tensor.datatype}", row * tensor.shape[0] // max(count, 1))
    return values


def _flat(tensor: InputTensor, values: Iterable[Any], depth: int) -> Iterable[Any]:
    if depth > _DEEPEST:
        raise _invalid(tensor, "its data is nested too deeply")
    for value in values:
        if isinstance(value, list):
            yield from _flat(tensor, value, depth + 1)
        else:
            yield value


def _of_binary(tensor: InputTensor, count: int, raw: memoryview) -> Column:
    if tensor.datatype == BYTES:
        return column_of(_texts(tensor, count, raw))
    kind = np.dtype(CODES[tensor.datatype])
    if len(raw) != count * kind.itemsize:
        raise _invalid(
            tensor, f"it holds {len(raw)} bytes, and {count} values of {tensor.datatype} are {count * kind.itemsize}"
        )
    return Plain(np.frombuffer(raw, dtype=kind))


def _texts(tensor: InputTensor, count: int, raw: memoryview) -> list[str]:
    """Texts that each have their length in four bytes before them."""
    texts: list[str] = []
    place = 0
    while place < len(raw):
        if len(texts) == count or place + 4 > len(raw):
            raise _invalid(tensor, f"its bytes are not the {count} texts that its shape says")
        length = int(struct.unpack_from("<I", raw, place)[0])
        place += 4 + length
        if place > len(raw):
            raise _invalid(tensor, "a text is longer than its bytes", len(texts))
        try:
            texts.append(str(raw[place - length : place], "utf-8"))
        except UnicodeDecodeError:
            raise _invalid(tensor, "a text is not UTF-8", len(texts)) from None
    if len(texts) != count:
        raise _invalid(tensor, f"its bytes are not the {count} texts that its shape says")
    return texts


def _check_consumed(raw: memoryview) -> None:
    if len(raw):
        raise Refused(400, "inference_malformed", f"{len(raw)} bytes behind the last tensor belong to none")


def _shape(tensor: InputTensor) -> str:
    told = ", ".join(str(size) if abs(size) < 10**12 else "…" for size in tensor.shape[:4])
    return f"[{told}]" if len(tensor.shape) <= 4 else f"[{told}, …]"


def _invalid(tensor: InputTensor, detail: str, row: int | None = None) -> Refused:
    where = f"input `{shortened(tensor.name)}`" + ("" if row is None else f", row {row + 1}")
    return Refused(
        400, "tensor_invalid", detail, where=where, remedy="GET /v2/models/{name} lists names, types and shapes."
    )
