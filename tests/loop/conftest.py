"""The one engine of these tests goes with them."""

from collections.abc import Iterator

import pytest
from tests.loop.judging.world import ENGINE


@pytest.fixture(scope="session", autouse=True)
def _engine_of_the_session() -> Iterator[None]:
    yield
    ENGINE.end()
