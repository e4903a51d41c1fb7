"""A server that answers oddly, and a client that waits milliseconds where it would wait seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kingmaker.interfaces.client import Client, Patience

from .lending import Lending, furnish, open_lending
from .odd_centre import OddCentre, odd_centre

HASTY = Patience(tries=3, first_seconds=0.001, longest_seconds=2.0, silence_seconds=5.0, look_seconds=0.005)
SECRET = "km_very-secret"


@pytest.fixture
def centre() -> Iterator[OddCentre]:
    with odd_centre() as hosted:
        yield hosted


@pytest.fixture
def client(centre: OddCentre) -> Iterator[Client]:
    with Client(centre.url, token=SECRET, patience=HASTY) as made:
        yield made


@pytest.fixture(scope="session")
def _furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, ...]]:
    folder = tmp_path_factory.mktemp("lending")
    return folder, furnish(folder)


@pytest.fixture
def lending(_furnished: tuple[Path, tuple[str, ...]], tmp_path: Path) -> Iterator[Lending]:
    with open_lending(*_furnished, tmp_path) as opened:
        yield opened
