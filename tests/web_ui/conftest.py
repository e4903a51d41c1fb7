"""One browser a session, one control centre for pages that only look, one of their own for tests that act."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.homes import made_once
from tests.web_ui.browser import CHROMIUM, NOT_TRIED, Viewer, entered, launched, looking, viewing
from tests.web_ui.site import PASSWORD, Site, admit_everybody, standing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "browser_" in " ".join(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


Browsers = Callable[[str, str], BrowserContext]


class Look(Protocol):
    """`look("vera")` is somebody logged in before a control centre."""

    def __call__(self, name: str, *, width: int = ..., scheme: str = ..., language: str = ...) -> Viewer: ...


@pytest.fixture(scope="session")
def browser_() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NOT_TRIED)
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Console:
    """A home whose first champion was replaced, with a challenger that is held: runs 1, 2 and 3 of `book`. Copy it."""
    return Console(made_once(tmp_path_factory, "lived-in", _live))


def _live(folder: Path) -> None:
    console = Console(folder)
    write_book(folder)
    write_pipeline(folder)
    console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
    console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    write_pipeline(folder, promote="manual", learners="scorecard", trials=1)
    console.does("run", "book.yaml", "--as-of", AFTER_THE_SHIFT)
    write_pipeline(folder)
    console.does("declare", "book.yaml")
    admit_everybody(console)


@pytest.fixture(scope="session")
def site(lived_in: Console, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For pages that only look: nothing is changed there."""
    with standing(lived_in.copied_to(tmp_path_factory.mktemp("site"))) as stands:
        yield stands


@pytest.fixture
def own_site(lived_in: Console, tmp_path: Path) -> Iterator[Site]:
    """For a test that acts: a control centre of its own."""
    with standing(lived_in.copied_to(tmp_path)) as stands:
        yield stands


@pytest.fixture(scope="session")
def browsers_(browser_: Browser, site: Site) -> Iterator[Browsers]:
    """A browser for each person and language before the shared site. Nobody logs out of it, and it keeps what it loaded."""
    known: dict[tuple[str, str], BrowserContext] = {}

    def of(name: str, language: str) -> BrowserContext:
        if (name, language) not in known:
            known[name, language] = entered(browser_, site.url, name, PASSWORD, language=language)
        return known[name, language]

    yield of
    for context in known.values():
        context.close()


@pytest.fixture
def look(browsers_: Browsers, site: Site) -> Iterator[Look]:
    with ExitStack() as stack:

        def looked(name: str, *, width: int = 1280, scheme: str = "light", language: str = "en-GB") -> Viewer:
            return stack.enter_context(looking(browsers_(name, language), site.url, width=width, scheme=scheme))

        yield looked


@pytest.fixture
def act(browser_: Browser, own_site: Site) -> Iterator[Look]:
    with ExitStack() as stack:

        def acted(name: str, *, width: int = 1280, scheme: str = "light", language: str = "en-GB") -> Viewer:
            made = viewing(browser_, own_site.url, name, PASSWORD, width=width, scheme=scheme, language=language)
            return stack.enter_context(made)

        yield acted
