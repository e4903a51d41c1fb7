"""Endpoints that run for as long as a module's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.endpoint.hosting import Running, deployed, running, standing_of
from tests.endpoint.platforms.models import contents_of

from kingmaker.bundle.keys import SigningKey


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("endpoint")


@pytest.fixture(scope="session")
def key(folder: Path) -> SigningKey:
    return SigningKey.create(folder / "signing.key")


@pytest.fixture(scope="module")
def endpoint(key: SigningKey, folder: Path) -> Iterator[Running]:
    """Two numbers and a category."""
    with running(standing_of(deployed(contents_of(), key, folder))) as one:
        yield one


@pytest.fixture(scope="module")
def numbers_only(key: SigningKey, folder: Path) -> Iterator[Running]:
    with running(standing_of(deployed(contents_of(categories=False), key, folder))) as one:
        yield one


@pytest.fixture(scope="module")
def canaried(key: SigningKey, folder: Path) -> Iterator[Running]:
    """A canary, whose model reads no category, answers for half of the applications."""
    tried = deployed(contents_of(categories=False, intercept=0.9), key, folder)
    with running(standing_of(deployed(contents_of(), key, folder), tried)) as one:
        yield one


@pytest.fixture(scope="module")
def empty() -> Iterator[Running]:
    """An endpoint that has no model yet."""
    with running(None) as one:
        yield one
