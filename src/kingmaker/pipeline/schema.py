"""The declaration for machines: a JSON schema for editors, and a digest for everything that is keyed by it."""

import hashlib
import json
from typing import Any

from kingmaker.pipeline.declaration import Pipeline


def pipeline_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a pipeline file, with the declaration's own descriptions and defaults."""
    schema = Pipeline.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Kingmaker pipeline"}


def declaration_digest(pipeline: Pipeline) -> str:
    """SHA-256 (64 hex digits) of the declaration with its defaults filled in; comments and key order do not count."""
    declared = pipeline.model_dump(mode="json")
    canonical = json.dumps(declared, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
