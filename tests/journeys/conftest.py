"""One finished home a session, copied for each journey that starts from it."""

from pathlib import Path

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.homes import made_once


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture
def console(tmp_path: Path) -> Console:
    """An empty home beside the book and its pipeline file."""
    write_book(tmp_path)
    write_pipeline(tmp_path)
    return Console(tmp_path)


@pytest.fixture(scope="session")
def _first(tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(made_once(tmp_path_factory, "first", _crown_the_first))


@pytest.fixture(scope="session")
def _second(_first: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    return Console(made_once(tmp_path_factory, "second", lambda folder: _crown_the_second(_first, folder)))


def _crown_the_first(folder: Path) -> None:
    write_book(folder)
    write_pipeline(folder)
    Console(folder).does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)


def _crown_the_second(first: Console, folder: Path) -> None:
    first.copied_to(folder).does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)


@pytest.fixture
def crowned(_first: Console, tmp_path: Path) -> Console:
    """A copy of a home with its first champion: run 1, as of a day before the shift."""
    return _first.copied_to(tmp_path)


@pytest.fixture
def reigning(_second: Console, tmp_path: Path) -> Console:
    """A copy of a home whose first champion was replaced: runs 1 and 2, turns 1 and 2."""
    return _second.copied_to(tmp_path)
