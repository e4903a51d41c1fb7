"""Applicants: the rows to score, made from a raw file by the same tasks that made the rows of the training."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kingmaker.bundle.reading import Bundle
from kingmaker.domain.errors import KingmakerError, NotFound, SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.ports.source import Reading

AS_IT_IS = "Give the file as it was before the tasks; one that holds their columns already is scored with `--no-tasks`."


def source_of(house: House, bundle: Bundle) -> SourceDeclaration:
    """What the version's run declared of its source. Raises NotFound for a version that this home never published."""
    version = house.ledger.version(bundle.pipeline, bundle.version)
    request = house.ledger.run(version.run).request
    return parse_pipeline(request.declaration, request.declared_in).source


@contextmanager
def after_tasks(house: House, source: SourceDeclaration, file: Path, told: Callable[[str], None]) -> Iterator[Path]:
    """The file's rows after the declared tasks, in a Parquet file that is gone after the block; the file itself without tasks.

    Errors of the block that name the temporary file name `file` instead. Raises NotFound without a file, SourceError for
    one that cannot be read or that the tasks do not fit.
    """
    if not source.tasks:
        yield file
        return
    if not file.is_file():
        raise NotFound("there is no file to score", where=str(file), remedy="Check the path.")
    with tempfile.TemporaryDirectory(dir=house.workspace, prefix="score-") as scratch:
        given = source.model_copy(update={"file": file.name, "database": None, "maxcompute": None, "query": None})
        reading = Reading(declaration=given, folder=file.parent, as_of=house.clock().date())
        try:
            made = house.source.extract(reading, Path(scratch), told).parts[0]
        except SourceError as error:
            raise SourceError(error.what, where=f"{file}, {error.where}", remedy=AS_IT_IS) from error
        try:
            yield made
        except KingmakerError as error:
            after = error.where.replace(str(made), f"{file}, after the tasks")
            raise type(error)(error.what, where=after, remedy=error.remedy) from error
