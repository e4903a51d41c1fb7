"""Declarations that came over HTTP: they read files of the data folder and no others."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath

from kingmaker.control.allowed_sources import is_allowed
from kingmaker.domain.errors import DeclarationError, NotFound
from kingmaker.domain.run import Request
from kingmaker.domain.schedule import Declared
from kingmaker.learners.registry import check_names
from kingmaker.loop.request import request_of
from kingmaker.pipeline.declaration import Pipeline, SourceDeclaration
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.schema import declaration_digest
from kingmaker.ports.house import House

WHERE = "declaration"
"""What errors call the text, which is no file: `declaration:3:5`."""
MOST_CHARACTERS = 200_000


def parsed(text: str) -> Pipeline:
    """The pipeline that the text declares. Raises DeclarationError naming every mistake with its line and column."""
    if len(text) > MOST_CHARACTERS:
        raise DeclarationError(
            f"the declaration has more than {MOST_CHARACTERS:,} characters", where=WHERE, remedy="Declare less at once."
        )
    return parse_pipeline(text, WHERE)


def read_declaration(house: House, text: str) -> Pipeline:
    """Like `parsed`. Raises DeclarationError also for a source outside the data folder, and for code not installed here."""
    pipeline = _confined(house, text)
    check_names(pipeline.training.learners)
    return pipeline


def declare(house: House, pipeline: Pipeline, text: str, *, by: str, expected: int | None) -> Declared:
    """Keep the text, as it was read, as the pipeline's newest declaration. Raises Conflict."""
    return house.ledger.declare(
        pipeline.pipeline,
        text,
        digest=declaration_digest(pipeline),
        declared_in=str(_place(house, pipeline.pipeline)),
        by=by,
        expected=expected,
    )


def newest_declaration(house: House, pipeline: str) -> Declared:
    """Raises NotFound for a pipeline that only ever ran from files."""
    declared = house.ledger.declared(pipeline)
    if declared is None:
        raise NotFound(
            f"pipeline {pipeline} has no declaration here",
            where=pipeline,
            remedy="`kingmaker declare PIPELINE.yaml` hands it in.",
        )
    return declared


def request_for_declared(house: House, pipeline: str, *, as_of: date, by: str) -> Request:
    """The request for a run of the newest declaration, over the data folder as it is now.

    Raises NotFound without a declaration, and DeclarationError for one that no longer holds here: a learner that is gone, a
    source that leads out of the data folder.
    """
    return request_for(house, newest_declaration(house, pipeline), as_of=as_of, by=by)


def request_for(house: House, declared: Declared, *, as_of: date, by: str) -> Request:
    """The same of any declaration that is kept."""
    _confined(house, declared.text)
    known = Path(declared.declared_in)
    place = known if known.parent == house.data else _place(house, declared.pipeline)
    return replace(request_of(declared.text, place, as_of=as_of, by=by), declared_in=str(place))


def refuse_source(house: House, source: SourceDeclaration) -> None:
    """Whoever may declare a pipeline may not therefore read what the server can. Raises DeclarationError."""
    for file in _files_named(source):
        if "://" not in file:
            refuse_outside(house.data, file)
    for one in _places_named(source):
        if not is_allowed(one, house.sources):
            raise DeclarationError(
                f"`source` names {one!r}, which this control centre does not let pipelines read from",
                where="declaration",
                remedy="Whoever runs it lists what may be read in KINGMAKER_SOURCES.",
            )


def _files_named(source: SourceDeclaration) -> Iterator[str]:
    """Paths and URLs: of the file, and of what is joined to it from beside it."""
    if source.file is None:
        return
    yield source.file
    yield from filter(None, map(source.file_of, source.joins))


def _places_named(source: SourceDeclaration) -> list[str]:
    if source.database is not None:
        return [source.database]
    if (warehouse := source.maxcompute) is not None:
        return [warehouse.endpoint, *filter(None, [warehouse.tunnel]), warehouse.access_id, warehouse.access_key]
    return [file for file in _files_named(source) if "://" in file]


def refuse_outside(data: Path, file: str) -> None:
    """Raises DeclarationError unless every file that `source.file` names lies in the data folder, symbolic links followed."""
    declared = PurePosixPath(file)
    if declared.is_absolute():
        raise _outside(file, "is an absolute path")
    if ".." in declared.parts:
        raise _outside(file, "leaves the data folder by `..`")
    root = data.resolve()
    for path in _named(data, file):
        if not path.resolve().is_relative_to(root):
            raise _outside(file, f"leaves the data folder by the symbolic link {path.relative_to(data)}")


def _confined(house: House, text: str) -> Pipeline:
    pipeline = parsed(text)
    for name in pipeline.training.learners:
        refuse_place(name)
    refuse_source(house, pipeline.source)
    return pipeline


def refuse_place(learner: str) -> None:
    """Whoever may declare a pipeline may not therefore run any code that lies about on the server."""
    if ":" in learner:
        raise DeclarationError(
            f"the learner `{learner}` is named by its place, which only a pipeline that is run from a file may do",
            where=WHERE,
            remedy="Install it beside Kingmaker with an entry point of the group `kingmaker.learners`, and name that.",
        )


def _named(data: Path, file: str) -> Iterator[Path]:
    """As the source reads them: the file itself, all of a folder, or those that fit the pattern."""
    exact = data / file
    if exact.is_file() or exact.is_symlink():
        yield exact
    elif exact.is_dir():
        yield from exact.rglob("*")
    elif any(mark in file for mark in "*?["):
        yield from data.glob(file)


def _outside(file: str, why: str) -> DeclarationError:
    return DeclarationError(
        f"`source.file` is {file!r}, which {why}",
        where=WHERE,
        remedy="Put the file into the data folder and name it from there, or start the control centre with another --data.",
    )


def _place(house: House, pipeline: str) -> Path:
    """Where the declaration counts its paths from: as if it were a file in the data folder."""
    return house.data / f"{pipeline}.yaml"
