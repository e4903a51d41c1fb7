"""One browser a session, one control centre for pages that only look, one of their own for tests that act."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.homes import made_once
from tests.web_ui.browser import CHROMIUM, NOT_TRIED, Viewer, entered, launched, viewing, watched
from tests.web_ui.site import PASSWORD, Site, admit_everybody, standing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and "browser_" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


Pages = Callable[[str, str], AbstractContextManager[Page]]


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
def pages_(browser_: Browser, site: Site) -> Pages:
    """By person and language, pages before the shared site that nobody looks at. They keep what they loaded."""
    free: dict[tuple[str, str], list[Page]] = {}
    contexts: dict[tuple[str, str], BrowserContext] = {}

    @contextmanager
    def lent(name: str, language: str) -> Iterator[Page]:
        key = name, language
        if key not in contexts:
            contexts[key] = entered(browser_, site.url, name, PASSWORD, language=language)
        pages = free.setdefault(key, [])
        page = pages.pop() if pages else contexts[key].new_page()
        yield page
        page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        pages.append(page)

    return lent


@pytest.fixture
def look(pages_: Pages, site: Site) -> Iterator[Look]:
    with ExitStack() as stack:

        def looked(name: str, *, width: int = 1280, scheme: str = "light", language: str = "en-GB") -> Viewer:
            page = stack.enter_context(pages_(name, language))
            return stack.enter_context(watched(page, site.url, width=width, scheme=scheme))

        yield looked


@pytest.fixture
def act(browser_: Browser, own_site: Site) -> Iterator[Look]:
    with ExitStack() as stack:

        def acted(name: str, *, width: int = 1280, scheme: str = "light", language: str = "en-GB") -> Viewer:
            made = viewing(browser_, own_site.url, name, PASSWORD, width=width, scheme=scheme, language=language)
            return stack.enter_context(made)

        yield acted
