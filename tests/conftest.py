"""What holds for every test.

Property tests draw new examples on a developer's machine and the same ones in continuous integration. The browser that tests of
pages share keeps an event loop in the main thread; tests of other things, which begin loops of their own, do not see it.
"""

import os
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("continuous_integration", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("continuous_integration")

PAGES = Path(__file__).parent / "web_ui"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _apart_from_browsers(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _apart_from_browsers(item):
        return (yield)


@contextmanager
def _apart_from_browsers(item: pytest.Item) -> Iterator[None]:
    held = events._get_running_loop()
    if item.path.is_relative_to(PAGES) or held is None:
        yield
        return
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(held)
