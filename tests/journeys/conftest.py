"""One finished home a session, copied for each journey that starts from it."""

from pathlib import Path

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console


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
    folder = tmp_path_factory.mktemp("first")
    write_book(folder)
    write_pipeline(folder)
    console = Console(folder)
    console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    return console


@pytest.fixture(scope="session")
def _second(_first: Console, tmp_path_factory: pytest.TempPathFactory) -> Console:
    console = _first.copied_to(tmp_path_factory.mktemp("second"))
    console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    return console


@pytest.fixture
def crowned(_first: Console, tmp_path: Path) -> Console:
    """A copy of a home with its first champion: run 1, as of a day before the shift."""
    return _first.copied_to(tmp_path)


@pytest.fixture
def reigning(_second: Console, tmp_path: Path) -> Console:
    """A copy of a home whose first champion was replaced: runs 1 and 2, turns 1 and 2."""
    return _second.copied_to(tmp_path)
