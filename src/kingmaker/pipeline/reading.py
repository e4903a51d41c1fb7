"""Reads a pipeline file, or says everything that is wrong with it at once, each with its line and column."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kingmaker.domain.errors import DeclarationError
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.masked_columns import contradictions
from kingmaker.pipeline.yaml_tree import PathKey, Position, Tree, read_tree

Mistake = tuple[Position, str]


def read_pipeline(path: Path) -> Pipeline:
    """The pipeline declared in a YAML file. Raises DeclarationError listing every mistake, one a line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = "there is no such pipeline file"
        raise DeclarationError(
            message, where=str(path), remedy="`kingmaker init FILE` writes one from your data."
        ) from error
    except UnicodeDecodeError as error:
        raise DeclarationError("the file is not UTF-8 text", where=str(path), remedy="Save it as UTF-8.") from error
    except OSError as error:
        raise DeclarationError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    return parse_pipeline(text, str(path))


def parse_pipeline(text: str, where: str) -> Pipeline:
    """Like `read_pipeline` on text already read; `where` names it in errors."""
    pipeline, mistakes = parse_with_mistakes(read_tree(text, where))
    if pipeline is None or mistakes:
        raise _all_at_once(mistakes, where)
    return pipeline


def parse_with_mistakes(tree: Tree) -> tuple[Pipeline | None, list[Mistake]]:
    """What a text declares, and everything that is wrong with it by place: no pipeline without a mistake.

    Raises DeclarationError for a text that declares nothing at all.
    """
    mistakes, where = list(tree.mistakes), tree.where
    if tree.root is None:
        raise DeclarationError(
            "the file declares nothing", where=where, remedy="`kingmaker init FILE` writes a first draft."
        )
    if not isinstance(tree.root, dict):
        message = "a pipeline file is a mapping of keys such as `pipeline:` and `source:`, not a list or a single value"
        raise DeclarationError(message, where=f"{where}:1:1")
    try:
        pipeline = Pipeline.model_validate(tree.root)
    except ValidationError as error:
        return None, sorted([*mistakes, *_mistakes(error, tree)])
    masked = [(tree.values.get(path, (1, 1)), sentence) for path, sentence in contradictions(pipeline)]
    return pipeline, sorted([*mistakes, *masked])


def _all_at_once(mistakes: Sequence[Mistake], where: str) -> DeclarationError:
    lines = [(f"{where}:{line}:{column}", sentence) for (line, column), sentence in mistakes]
    first_where, first = lines[0]
    rest = "".join(f"\n{spot}: {sentence}." for spot, sentence in lines[1:])
    return DeclarationError(f"{first}.{rest}" if rest else first, where=first_where)


def _mistakes(error: ValidationError, tree: Tree) -> list[Mistake]:
    """One mistake for each path: the branches of a union all complain about the same value, and are told together."""
    by_path: dict[PathKey, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        by_path.setdefault(_path_in_file(details, tree), []).append(details)
    return [(_spot(path, details[0], tree), _sentence(path, details)) for path, details in by_path.items()]


def _path_in_file(details: ErrorDetails, tree: Tree) -> PathKey:
    """The location without what pydantic adds to it (names of union branches); a missing key is kept."""
    path: PathKey = ()
    for step in details["loc"]:
        if (*path, step) in tree.values:
            path = (*path, step)
    if details["type"] == "missing":
        path = (*path, details["loc"][-1])
    return path


def _spot(path: PathKey, details: ErrorDetails, tree: Tree) -> Position:
    if details["type"] == "extra_forbidden":
        return tree.keys.get(path, (1, 1))
    if details["type"] == "missing":
        return tree.keys.get(path[:-1]) or tree.values.get(path[:-1], (1, 1))
    return tree.values.get(path, (1, 1))


def _sentence(path: PathKey, details: list[ErrorDetails]) -> str:
    first = details[0]
    name = _dotted(path)
    if first["type"] == "extra_forbidden":
        return _unknown_key(path)
    if first["type"] == "missing":
        return f"`{name}` is missing: {_meaning(path)}" if _meaning(path) else f"`{name}` is missing"
    if first["type"] == "string_type" and len(details) == 1:
        return _not_text(name, first["input"])
    if first["type"] == "string_pattern_mismatch":
        return f"`{name}` is {_shown(first['input'])}, but it should be a {_meaning(path)}"
    if first["type"] == "value_error":
        message = first["msg"].removeprefix("Value error, ")
        return f"`{name}`: {message}" if name else message
    wanted = dict.fromkeys(_wish(one) for one in details)
    return f"`{name}` is {_shown(first['input'])}, but it {' or '.join(wanted)}"


def _dotted(path: PathKey) -> str:
    return ".".join(str(step) for step in path)


def _wish(details: ErrorDetails) -> str:
    if details["type"] in {"model_type", "dict_type", "model_attributes_type"}:
        return "should be a mapping of keys"
    if details["type"] == "tuple_type":
        return "should be a list, such as [a, b]"
    message = details["msg"].removeprefix("Input ").removeprefix("Value error, ")
    return message if details["type"] == "value_error" else message[0].lower() + message[1:]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else repr(value)


def _not_text(name: str, value: object) -> str:
    if value is None:
        return f"`{name}` is empty, but it should be text: write it in quotes if you mean the word itself"
    if isinstance(value, dict | list):
        return f"`{name}` is {_shown(value)}, but it should be text"
    kind = "a yes-or-no value" if isinstance(value, bool) else "a number"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{name}` reads as {kind}, but it should be text: write it in quotes, '{text}'"


def _unknown_key(path: PathKey) -> str:
    model = _model_at(path[:-1])
    known = sorted(model.model_fields) if model else []
    near = get_close_matches(str(path[-1]), known, n=1, cutoff=0.5)
    inside = f" in `{_dotted(path[:-1])}`" if path[:-1] else ""
    hint = (
        f"the nearest known key is `{near[0]}`" if near else f"known here are {', '.join(f'`{key}`' for key in known)}"
    )
    return f"`{path[-1]}` is not a known key{inside}: {hint}"


def _meaning(path: PathKey) -> str:
    model = _model_at(path[:-1])
    info = model.model_fields.get(str(path[-1])) if model else None
    text = (info.description or "") if info else ""
    if not text:
        kind = _model_of(info.annotation) if info else None
        text = (kind.__doc__ or "") if kind else ""
    return " ".join(text.split()).rstrip(".")


def _model_at(path: PathKey) -> type[BaseModel] | None:
    """The declaration's class for the part at `path`."""
    model: type[BaseModel] | None = Pipeline
    for step in path:
        if model is None:
            return None
        info = model.model_fields.get(str(step))
        # A step that is no field is the key of a dict or the number of a list item: its class was found already.
        model = _model_of(info.annotation) if info else model
    return model


def _model_of(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {tuple, dict, Union, UnionType}:
        return next((found for found in map(_model_of, get_args(annotation)) if found), None)
    return None
