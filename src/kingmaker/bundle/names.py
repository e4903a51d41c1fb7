"""The names of the files in a bundle."""

MODEL = "model.onnx"
RECIPE = "recipe.json"
THRESHOLDS = "thresholds.json"
SCHEMA = "schema.json"
GOLDEN = "golden.json"
LINEAGE = "lineage.json"
REASONS = "reasons.json"
MANIFEST = "manifest.json"
SIGNATURE = "signature.json"

LISTED = frozenset({MODEL, RECIPE, THRESHOLDS, SCHEMA, GOLDEN, LINEAGE})
"""What every manifest lists, besides the native model's file; since format 2 also REASONS, where the model can tell them."""


def native_name(suffix: str) -> str:
    """The native model's file; `suffix` is the learner's, with its dot."""
    return f"native{suffix}"
