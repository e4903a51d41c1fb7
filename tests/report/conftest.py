"""Pages of replays, drawn once for all tests of a module."""

import pytest

from kingmaker.interfaces.report.replay_page import render_replay
from kingmaker.loop.replaying.result import ReplayResult

from .replay_reading import SHAPES
from .replays import replayed


@pytest.fixture(scope="module", params=SHAPES)
def any_page(request) -> str:
    return render_replay(SHAPES[request.param]())


@pytest.fixture(scope="module")
def result() -> ReplayResult:
    return replayed(refused=(5, 6), without_bads=(20,))


@pytest.fixture(scope="module")
def page(result) -> str:
    return render_replay(result)
