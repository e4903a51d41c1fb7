"""A declaration as YAML text: the way back from what `reading` reads."""

from io import StringIO

from ruamel.yaml import YAML

from kingmaker.pipeline.declaration import Pipeline


def pipeline_text(pipeline: Pipeline) -> str:
    """Every key with its value, defaults too. Reading it again gives an equal pipeline."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    yaml.dump(pipeline.model_dump(mode="json"), text)
    return text.getvalue()
