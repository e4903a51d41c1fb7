"""A lender of one's own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .world import World, made_home, world_at


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    return made_home(tmp_path_factory.mktemp("monitored"))


@pytest.fixture
def world(_home: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[World]:
    made = world_at(tmp_path, *_home)
    yield made
    made.house.close()
