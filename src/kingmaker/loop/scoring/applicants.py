"""Applicants: the rows to score, made from a raw file by the same tasks that made the rows of the training."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kingmaker.bundle.reading import Bundle
from kingmaker.domain.errors import DataRefused, KingmakerError, NotFound, SourceError
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.pipeline.privacy import Pii
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.house import House
from kingmaker.ports.source import Reading
from kingmaker.privacy.masking import Mask

AS_IT_IS = "Give the file as it was before the tasks; one that holds their columns already is scored with `--no-tasks`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Applying:
    """What a version's run declared of its source, and how the rows to score are masked while the tasks work on them.

    Columns that nobody keeps are dropped. The others have the pseudonyms of the training, but for `given`: what goes into the
    answer stays as the file has it, so that whoever gave it can tell whose score it is.
    """

    source: SourceDeclaration
    pii: Pii = field(default_factory=Pii)
    given: tuple[str, ...] = ()

    def mask(self, house: House) -> Mask:
        """Not strict: whoever scores may have left out columns that no model needs."""
        hidden = tuple(name for name in self.pii.pseudonymise if name not in self.given)
        return Mask(Pii(drop=self.pii.drop, pseudonymise=hidden), house.pseudonym_key, strict=False)


def applying(house: House, bundle: Bundle, keep: Sequence[str] = ()) -> Applying:
    """As the version's run declared it. `keep` goes into the answer, by default the id.

    Raises NotFound for a version that this home never published, DataRefused for a column to keep that is dropped.
    """
    version = house.ledger.version(bundle.pipeline, bundle.version)
    request = house.ledger.run(version.run).request
    pipeline = parse_pipeline(request.declaration, request.declared_in)
    dropped = [name for name in keep if name in pipeline.pii.drop]
    if dropped and pipeline.source.tasks:
        raise DataRefused(
            f"`{dropped[0]}` is dropped before the tasks (`pii.drop`), so that it cannot be kept",
            where="--keep",
            remedy="Join it to the scores by the id.",
        )
    return Applying(source=pipeline.source, pii=pipeline.pii, given=(pipeline.id, *keep))


def as_it_is(file: Path) -> Applying:
    """Without any tasks."""
    return Applying(source=SourceDeclaration(file=file.name))


@contextmanager
def after_tasks(house: House, applying: Applying, file: Path, told: Callable[[str], None]) -> Iterator[Path]:
    """The file's rows after the declared tasks, in a Parquet file that is gone after the block; the file itself without tasks.

    What is written meanwhile is masked.

    Errors of the block that name the temporary file name `file` instead. Raises NotFound without a file, SourceError for
    one that cannot be read or that the tasks do not fit.
    """
    source = applying.source
    if not source.tasks:
        yield file
        return
    if not file.is_file():
        raise NotFound("there is no file to score", where=str(file), remedy="Check the path.")
    with tempfile.TemporaryDirectory(dir=house.workspace, prefix="score-") as scratch:
        elsewhere = dict.fromkeys(("database", "maxcompute", "query")) | {"joins": (), "partitioned_by": ()}
        given = source.model_copy(update={"file": file.name, **elsewhere})
        reading = Reading(declaration=given, folder=file.parent, as_of=house.clock().date(), mask=applying.mask(house))
        try:
            made = house.source.extract(reading, Path(scratch), told).parts[0]
        except SourceError as error:
            raise SourceError(error.what, where=f"{file}, {error.where}", remedy=AS_IT_IS) from error
        try:
            yield made
        except KingmakerError as error:
            after = error.where.replace(str(made), f"{file}, after the tasks")
            raise type(error)(error.what, where=after, remedy=error.remedy) from error
