"""An answer of the Open Inference Protocol v2: outputs in JSON, or in binary behind it."""

import struct
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from kingmaker.interfaces.endpoint.inference_request import VERSION, InferenceRequest
from kingmaker.serving.asked import Scored

DATATYPES = {"pd": "FP64", "score": "INT64", "grade": "BYTES", "approved": "BOOL", VERSION: "BYTES"}
_CODES = {"FP64": "<f8", "INT64": "<i8", "BOOL": "?"}


@dataclass(frozen=True, slots=True)
class Formed:
    """An answer's body, and how much of it is JSON; None when all of it is."""

    body: bytes
    json_bytes: int | None


def form_answer(request: InferenceRequest, name: str, scored: Scored, start: int, stop: int) -> Formed:
    """The outputs that were wanted, for the scored rows [start, stop)."""
    rows = stop - start
    outputs: list[dict[str, Any]] = []
    raw: list[bytes] = []
    for output, is_binary in request.wanted:
        values = _values(scored, output, start, stop)
        told: dict[str, Any] = {"name": output, "datatype": DATATYPES[output], "shape": [rows]}
        if is_binary:
            raw.append(_binary(values, DATATYPES[output]))
            told["parameters"] = {"binary_data_size": len(raw[-1])}
        else:
            told["data"] = values
        outputs.append(told)
    answer: dict[str, Any] = {"model_name": name, "model_version": _version(scored, start, stop), "outputs": outputs}
    if request.id is not None:
        answer["id"] = request.id
    head = msgspec.json.encode(answer)
    return Formed(head + b"".join(raw), len(head)) if raw else Formed(head, None)


def _version(scored: Scored, start: int, stop: int) -> str:
    """The version that answered; where a canary answered for some rows, all of them, as the output `version` tells by row."""
    return ",".join(dict.fromkeys(scored.versions[start:stop]))


def _values(scored: Scored, output: str, start: int, stop: int) -> list[Any]:
    by_name: dict[str, list[Any]] = {
        "pd": scored.pd,
        "score": scored.score,
        "grade": scored.grade,
        "approved": scored.approved,
        VERSION: scored.versions,
    }
    return by_name[output][start:stop]


def _binary(values: list[Any], datatype: str) -> bytes:
    if datatype in _CODES:
        return np.array(values, dtype=_CODES[datatype]).tobytes()
    texts = [text.encode() for text in values]
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)
