"""YAML as plain values that still know where they stood, so that every error can name its line and column."""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from kingmaker.domain.errors import DeclarationError

PathKey = tuple[str | int, ...]
Position = tuple[int, int]

_MOST_VALUES = 100_000
_DEEPEST = 50
_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Tree:
    """Plain values of one document; `keys` and `values` map a path to (line, column), both from 1.

    `mistakes` holds what the YAML itself does wrong: a key twice, a tag, a key that is no text.
    """

    where: str
    root: object = None
    keys: dict[PathKey, Position] = field(default_factory=dict)
    values: dict[PathKey, Position] = field(default_factory=dict)
    mistakes: list[tuple[Position, str]] = field(default_factory=list)


def read_tree(text: str, where: str) -> Tree:
    """Parse one YAML document without constructing any object of the document's choosing.

    A date stays the text it was written as. Raises DeclarationError for text that is not YAML.
    """
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise _not_yaml(error, where) from error
    except YAMLError as error:
        raise DeclarationError(f"this is not YAML: {_one_line(str(error))}", where=where) from error
    tree = Tree(where=where)
    if node is not None:
        tree.root = _plain(node, (), tree)
    return tree


def _not_yaml(error: MarkedYAMLError, where: str) -> DeclarationError:
    mark = error.problem_mark or error.context_mark
    spot = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
    problem = _one_line(error.problem or error.context or "the text cannot be parsed")
    remedy = (
        "Indent with spaces, never with tabs" if "\\t" in problem else "Check the indentation, quotes and colons there"
    )
    return DeclarationError(f"this is not YAML: {problem}", where=spot, remedy=f"{remedy}.")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _position(node: Node) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _plain(node: Node, path: PathKey, tree: Tree) -> object:
    tree.values[path] = _position(node)
    if len(tree.values) > _MOST_VALUES or len(path) > _DEEPEST:
        line, column = _position(node)
        where = f"{tree.where}:{line}:{column}"
        remedy = "Take out its anchors (&) and aliases (*)."
        raise DeclarationError("the file repeats itself without end", where=where, remedy=remedy)
    if isinstance(node, MappingNode):
        return _mapping(node, path, tree)
    if isinstance(node, SequenceNode):
        return [_plain(item, (*path, number), tree) for number, item in enumerate(node.value)]
    return _scalar(node, tree) if isinstance(node, ScalarNode) else None


def _mapping(node: MappingNode, path: PathKey, tree: Tree) -> dict[str, object]:
    plain: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            tree.mistakes.append((_position(key_node), "a key must be a word, not a list or a mapping"))
            continue
        key = str(key_node.value)
        if key in plain:
            first = tree.keys[(*path, key)][0]
            tree.mistakes.append((_position(key_node), f"the key `{key}` stands here twice: first on line {first}"))
            continue
        tree.keys[(*path, key)] = _position(key_node)
        plain[key] = _plain(value_node, (*path, key), tree)
    return plain


def _scalar(node: ScalarNode, tree: Tree) -> object:
    text = str(node.value)
    kind = str(node.ctag).removeprefix(_TAG)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return _whole_number(text)
    if kind == "float":
        return float(text.lower().replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    if kind not in {"str", "timestamp"}:
        tree.mistakes.append((_position(node), f"the tag `{node.ctag}` has no meaning here: write the value plainly"))
    return text


def _whole_number(text: str) -> int:
    """YAML 1.2 writes hexadecimal as 0x and octal as 0o; a leading zero is decimal."""
    bare = text.replace("_", "")
    sign = -1 if bare.startswith("-") else 1
    digits = bare.lstrip("+-")
    base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2].lower(), 10)
    return sign * int(digits, base)
