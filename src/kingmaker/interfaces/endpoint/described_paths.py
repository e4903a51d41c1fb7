"""The paths of an endpoint in OpenAPI's terms: what is sent, what is answered, and with which codes it refuses."""

from typing import Any

from kingmaker.serving.explaining import MOST_REASONS

Document = dict[str, Any]

CODES = {
    "400": "`body_malformed` (not JSON), `number_out_of_range`, `query_invalid`, `malformed_http`",
    "401": "`token_missing`, `token_unknown`",
    "404": "`no_such_path`",
    "405": "`method_not_allowed`",
    "408": "`request_timeout`",
    "409": "`reasons_unavailable` (the model in force cannot be explained here)",
    "413": "`body_too_large`, `rows_too_many`",
    "415": "`media_type_unsupported`, `encoding_unsupported`",
    "422": "`field_invalid`, `field_unknown`, `rows_expected`",
    "503": "`no_model` (none is in force yet), `too_busy`, `too_many_connections`",
}
_SCORING = ("400", "401", "408", "409", "413", "415", "422", "503")
_READING = ("400", "401", "503")

PROBLEM: Document = {
    "type": "object",
    "description": "RFC 9457.",
    "required": ["status", "code", "detail"],
    "properties": {
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: what kind of refusal it is."},
        "detail": {"type": "string", "description": "What is wrong, in a sentence."},
        "where": {"type": "string", "description": "Row and field, header or parameter."},
        "remedy": {"type": "string", "description": "What to do about it."},
    },
}


def score_path(most_rows: int, shown: list[tuple[Document, Document]]) -> Document:
    """POST /score, with examples of (row, answer)."""
    row, answer = _reference("Row"), _reference("Answer")
    rows = {"type": "array", "items": row, "description": f"At most {most_rows:,} rows."}
    sent: Document = {"schema": {"anyOf": [row, rows]}}
    told: Document = {"schema": {"anyOf": [answer, {"type": "array", "items": answer}]}}
    if shown:
        sent["examples"] = {"one": {"value": shown[0][0]}, "several": {"value": [row for row, _ in shown]}}
        told["examples"] = {"one": {"value": shown[0][1]}, "several": {"value": [answer for _, answer in shown]}}
    reasons = {
        "name": "reasons",
        "in": "query",
        "description": "How many reasons to give with each answer.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_REASONS},
    }
    operation = {
        "operationId": "score",
        "summary": "Score one application, or an array of them in order",
        "description": "An Arrow IPC stream (application/vnd.apache.arrow.stream) is answered with one.",
        "parameters": [reasons],
        "requestBody": {"required": True, "content": {"application/json": sent}},
        "responses": {"200": _answer(told, "The answers, in the order of the rows"), **_refusals(_SCORING)},
    }
    return {"post": operation}


def reading_path(
    name: str, summary: str, schema: Document | None = None, refused: tuple[str, ...] = _READING
) -> Document:
    """A GET that answers JSON."""
    found = _answer({"schema": schema or {"type": "object"}}, summary)
    return {"get": {"operationId": name, "summary": summary, "responses": {"200": found, **_refusals(refused)}}}


def probe_path(name: str, summary: str) -> Document:
    """A GET that says yes or no by its status."""
    told = {"description": summary, "content": {"application/json": {"schema": {"type": "object"}}}}
    answers = {"200": told, "503": {**told, "description": "Not now"}, **_refusals(("400",))}
    return {"get": {"operationId": name, "summary": summary, "security": [], "responses": answers}}


def metrics_path() -> Document:
    """GET /metrics."""
    text = {"text/plain": {"schema": {"type": "string"}}}
    told = {"description": "Prometheus's text format", "content": text}
    return {
        "get": {
            "operationId": "metrics",
            "summary": "What the endpoint counts and measures",
            "responses": {"200": told, **_refusals(_READING)},
        }
    }


def _answer(content: Document, description: str) -> Document:
    return {"description": description, "content": {"application/json": content}}


def _refusals(statuses: tuple[str, ...]) -> Document:
    problem = {"application/problem+json": {"schema": _reference("Problem")}}
    named = {status: {"description": CODES[status], "content": problem} for status in statuses}
    return {**named, "default": {"description": "Refused", "content": problem}}


def _reference(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}
