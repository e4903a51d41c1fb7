"""The servers that databases are read from, one of each kind for all tests, and a way to read them."""

from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest
from tests.contracts.postgres_server import programs
from tests.sources.databases.banks import Bank, maria_bank, maria_programs, postgres_bank

from kingmaker.adapters.sources.databases.source import DatabaseSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Reading
from kingmaker.privacy.masking import Mask

NOT_TRIED = "NO DATABASE WAS READ FROM "
Read = Callable[..., tuple[pl.DataFrame, Extracted]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Bank]:
    installed = programs()
    if installed is None or find_spec("psycopg") is None or find_spec("adbc_driver_postgresql") is None:
        pytest.skip(f"{NOT_TRIED}POSTGRESQL: its programs, psycopg or adbc-driver-postgresql are not installed")
    with postgres_bank(installed) as bank:
        yield bank


@pytest.fixture(scope="session")
def maria() -> Iterator[Bank]:
    installed = maria_programs()
    if installed is None or find_spec("pymysql") is None:
        pytest.skip(f"{NOT_TRIED}MARIADB: its programs (mariadb-server) or PyMySQL are not installed")
    with maria_bank(*installed) as bank:
        yield bank


@pytest.fixture(params=["postgresql", "mariadb"])
def bank(request: pytest.FixtureRequest) -> Bank:
    """Each test is held against both."""
    found: Bank = request.getfixturevalue("postgres" if request.param == "postgresql" else "maria")
    return found


@pytest.fixture
def reading_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Reading]:
    def make(url: str, mask: Mask | None = None, **declared: object) -> Reading:
        monkeypatch.setenv("LOANS_URL", url)
        declaration = SourceDeclaration.model_validate({"database": "env:LOANS_URL", **declared})
        return Reading(
            declaration=declaration,
            folder=tmp_path,
            as_of=date(2021, 3, 1),
            start=date(2020, 2, 1),
            end=date(2020, 12, 31),
            occasion="run 1",
            mask=mask or Mask(),
        )

    return make


@pytest.fixture
def read(reading_of: Callable[..., Reading], tmp_path: Path) -> Read:
    """Read a URL into `tmp_path/extract`; what was said goes to `said`."""

    def make(
        url: str, mask: Mask | None = None, said: list[str] | None = None, **declared: object
    ) -> tuple[pl.DataFrame, Extracted]:
        folder = tmp_path / "extract"
        folder.mkdir(exist_ok=True)
        source = DatabaseSource(pauses=(0.0, 0.0, 0.0))
        extracted = source.extract(reading_of(url, mask, **declared), folder, (said if said is not None else []).append)
        return pl.read_parquet(list(extracted.parts)), extracted

    return make
