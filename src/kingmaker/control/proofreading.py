"""Everything that is wrong with a declaration, each with its place in the text, before anybody hands it in."""

import re
from collections.abc import Iterator
from typing import Final

from kingmaker.control.declaring import MOST_CHARACTERS, WHERE, refuse_place, refuse_source
from kingmaker.control.records import Mistake
from kingmaker.domain.errors import DeclarationError
from kingmaker.learners.registry import check_names
from kingmaker.pipeline.declaration import Pipeline
from kingmaker.pipeline.reading import parse_with_mistakes
from kingmaker.pipeline.yaml_tree import Tree, read_tree
from kingmaker.ports.house import House

_PLACE: Final = re.compile(rf"{WHERE}:(?P<line>\d+):(?P<column>\d+)")
_SOURCE: Final = ("source", "file")
_LEARNERS: Final = ("training", "learners")


def mistakes_of(house: House, text: str) -> list[Mistake]:
    """In the order of the text; none for one that `declare` takes."""
    if len(text) > MOST_CHARACTERS:
        return [Mistake(line=1, column=1, sentence=f"The declaration has more than {MOST_CHARACTERS:,} characters.")]
    try:
        tree = read_tree(text, WHERE)
        pipeline, found = parse_with_mistakes(tree)
    except DeclarationError as error:
        return [_of_error(error)]
    mistakes = [Mistake(line=line, column=column, sentence=_ended(said)) for (line, column), said in found]
    return [*mistakes, *_not_here(house, pipeline, tree)] if pipeline else mistakes


def _not_here(house: House, pipeline: Pipeline, tree: Tree) -> Iterator[Mistake]:
    """What may be declared somewhere, and not here."""
    try:
        refuse_source(house, pipeline.source)
    except DeclarationError as error:
        yield _at(tree, _SOURCE, error)
    for number, name in enumerate(pipeline.training.learners):
        try:
            refuse_place(name)
            check_names([name])
        except DeclarationError as error:
            yield _at(tree, (*_LEARNERS, number), error)


def _at(tree: Tree, path: tuple[str | int, ...], error: DeclarationError) -> Mistake:
    line, column = tree.values.get(path, (1, 1))
    return Mistake(line=line, column=column, sentence=_told(error))


def _of_error(error: DeclarationError) -> Mistake:
    place = _PLACE.fullmatch(error.where)
    line, column = (int(place["line"]), int(place["column"])) if place else (1, 1)
    return Mistake(line=line, column=column, sentence=_told(error))


def _told(error: DeclarationError) -> str:
    return f"{_ended(error.what)} {error.remedy}".strip()


def _ended(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}".rstrip(".") + "."
