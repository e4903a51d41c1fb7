"""The servers that adapters are tried on: object storage, and the PostgreSQL that is named, or one of the tests' own."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from .object_storage import ObjectStorage, object_storage
from .postgres_server import Schemas, programs, serving

NAMED = os.environ.get("KINGMAKER_TEST_POSTGRES", "")
NOT_TRIED = "NO LEDGER WAS TRIED ON POSTGRESQL: "


@pytest.fixture(scope="session")
def postgres() -> Iterator[Schemas]:
    if find_spec("psycopg") is None:
        pytest.skip(f"{NOT_TRIED}its driver, psycopg, is not installed")
    if NAMED:
        named = Schemas(NAMED)
        yield named
        named.clear()
        return
    installed = programs()
    if installed is None:
        pytest.skip(f"{NOT_TRIED}its programs are not installed, and KINGMAKER_TEST_POSTGRES names no server")
    with serving(installed) as schemas:
        yield schemas


@pytest.fixture(scope="session")
def storage() -> Iterator[ObjectStorage]:
    with object_storage() as serving:
        yield serving
