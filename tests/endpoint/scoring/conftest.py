"""Endpoints that run for as long as a module's tests."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.endpoint.hosting import Made, Running, deployed, running, standing_of
from tests.endpoint.platforms.models import contents_of

from kingmaker.bundle.keys import SigningKey


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scoring")


@pytest.fixture(scope="session")
def key(folder: Path) -> SigningKey:
    return SigningKey.create(folder / "signing.key")


@pytest.fixture(scope="session")
def champion(key: SigningKey, folder: Path) -> Made:
    """Two numbers and a category."""
    return deployed(contents_of(), key, folder)


@pytest.fixture(scope="session")
def other(key: SigningKey, folder: Path) -> Made:
    """The same inputs, another model."""
    return deployed(contents_of(intercept=0.9), key, folder)


@pytest.fixture(scope="session")
def narrow(key: SigningKey, folder: Path) -> Made:
    """Reads no category."""
    return deployed(contents_of(categories=False, intercept=0.5), key, folder)


@pytest.fixture(scope="module")
def endpoint(champion: Made) -> Iterator[Running]:
    with running(standing_of(champion)) as here:
        yield here


@pytest.fixture
def shadowed(champion: Made, other: Made, narrow: Made) -> Iterator[Running]:
    """Two shadows beside the champion, one of which reads other inputs."""
    with running(replace(standing_of(champion), shadows=(other[0], narrow[0]))) as here:
        yield here
