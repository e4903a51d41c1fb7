"""Lakes on this machine and on object storage, and a way to read them."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.contracts.object_storage import ObjectStorage, object_storage

from kingmaker.adapters.sources.files import FileSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Reading
from kingmaker.privacy.masking import Mask

Read = Callable[..., tuple[pl.DataFrame, Extracted]]
AS_OF = date(2010, 6, 30)


@pytest.fixture(scope="session")
def storage() -> Iterator[ObjectStorage]:
    with object_storage() as serving:
        yield serving


@pytest.fixture
def bucket(storage: ObjectStorage, monkeypatch: pytest.MonkeyPatch) -> ObjectStorage:
    """This process may use it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "OSS_"))]:
        monkeypatch.delenv(name)
    for name, value in storage.variables.items():
        monkeypatch.setenv(name, value)
    return storage


@pytest.fixture
def told() -> list[str]:
    """What a reading said of its steps."""
    return []


@pytest.fixture
def read(tmp_path: Path, told: list[str]) -> Read:
    """Read what is declared, relative to the test's folder, into the folder `extract`."""

    def reading(
        file: str, *, mask: Mask | None = None, as_of: date = AS_OF, earliest: date = date.min, **declared: object
    ) -> tuple[pl.DataFrame, Extracted]:
        destination = tmp_path / "extract"
        destination.mkdir(exist_ok=True)
        asked = reading_of(tmp_path, file, mask=mask, as_of=as_of, earliest=earliest, **declared)
        extracted = FileSource().extract(asked, destination, told.append)
        return pl.read_parquet(list(extracted.parts)), extracted

    return reading


def reading_of(
    folder: Path,
    file: str,
    *,
    mask: Mask | None = None,
    as_of: date = AS_OF,
    earliest: date = date.min,
    **declared: object,
) -> Reading:
    return Reading(
        declaration=SourceDeclaration.model_validate({"file": file, **declared}),
        folder=folder,
        as_of=as_of,
        earliest=earliest,
        latest=as_of,
        applied_at="applied",
        mask=mask or Mask(),
    )
