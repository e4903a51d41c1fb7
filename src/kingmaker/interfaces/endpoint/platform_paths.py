"""The paths of other platforms' contracts, for GET /schema."""

from typing import Any

from kingmaker.interfaces.endpoint.described_paths import probe_path, reading_path
from kingmaker.interfaces.endpoint.inference_tensors import DATATYPES
from kingmaker.interfaces.endpoint.invocation_forms import FORMS
from kingmaker.serving.lineup import Lineup

Document = dict[str, Any]

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_TENSOR: Document = {
    "type": "object",
    "required": ["name", "shape", "datatype", "data"],
    "properties": {
        "name": {"type": "string"},
        "shape": {"type": "array", "items": {"type": "integer", "minimum": 0}},
        "datatype": {"enum": list(DATATYPES)},
        "data": {"type": "array"},
    },
}


def platform_paths(lineup: Lineup) -> Document:
    """Open Inference Protocol v2 for the pipeline's own name, /ping and /invocations."""
    model = f"/v2/models/{lineup.standing.pointer.pipeline}"
    return {
        "/v2": reading_path("v2_server", "Which server this is"),
        "/v2/health/live": probe_path("v2_live", "Whether the process is up"),
        "/v2/health/ready": probe_path("v2_ready", "Whether a proven model answers"),
        model: reading_path("v2_model", "The model's inputs and outputs as tensors"),
        f"{model}/ready": probe_path("v2_model_ready", "Whether the model answers"),
        f"{model}/infer": {"post": _infer(lineup)},
        "/ping": {"get": _ping()},
        "/invocations": {"post": _invocations()},
    }


def _infer(lineup: Lineup) -> Document:
    names = ", ".join(f"`{name}`" for name in lineup.champion.fields.columns)
    request = {
        "type": "object",
        "required": ["inputs"],
        "properties": {"id": {"type": "string"}, "inputs": {"type": "array", "items": _TENSOR}},
    }
    answer = {"type": "object", "required": ["outputs"], "properties": {"outputs": {"type": "array", "items": _TENSOR}}}
    refused = {"application/json": {"schema": _ERROR}}
    return {
        "operationId": "v2_infer",
        "summary": "Score tensors, one for each input",
        "description": f"Inputs: {names}. Tensors may be binary, behind the JSON.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
        "responses": {
            "200": {"description": "The scores as tensors", "content": {"application/json": {"schema": answer}}},
            "default": {"description": "Refused", "content": refused | _problem()},
        },
    }


def _ping() -> Document:
    return {
        "operationId": "ping",
        "summary": "Whether requests may come",
        "responses": {"200": {"description": "They may"}, "503": {"description": "Not now"}},
        "security": [],
    }


def _invocations() -> Document:
    rows = {
        "anyOf": [
            {"$ref": "#/components/schemas/Row"},
            {"type": "array", "items": {"$ref": "#/components/schemas/Row"}},
            *(_form(name) for name in FORMS),
        ]
    }
    text: Document = {"schema": {"type": "string"}}
    lines: Document = {"application/jsonlines": text, "text/csv": text}
    return {
        "operationId": "invocations",
        "summary": "Score rows as JSON, JSON lines or CSV; MLflow's forms are understood",
        "description": "CSV has a header of names, or values in the model's order. `Accept` chooses how to answer.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": rows}} | lines},
        "responses": {
            "200": {"description": "The answers", "content": {"application/json": {"schema": {}}} | lines},
            "default": {"description": "Refused", "content": _problem()},
        },
    }


def _form(name: str) -> Document:
    return {"type": "object", "required": [name], "properties": {name: {"type": ["array", "object"]}}}


def _problem() -> Document:
    return {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
