"""A real browser before a real control centre: logged in as somebody, and watched for whatever a page must not do."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

CHROMIUM: Final = os.environ.get("KINGMAKER_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NOT_TRIED: Final = "NO PAGE WAS TRIED IN A BROWSER: chromium is not installed (Debian: apt-get install chromium)"
QUIETLY: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE: Final = 60_000
"""Milliseconds. A machine that has other things to do is not a page that fails."""
expect.set_options(timeout=PATIENCE)
STANDS: Final = "() => window.did_handshake === true || document.querySelector('#app') === null"
"""Of the line that NiceGUI holds; a plain page, such as the log-in, has none."""
ONLY_BARRIERS: Final = {"resultTypes": ["violations"], "preload": False}
"""Axe need not tell of everything that is well."""
SERIOUS: Final = frozenset({"serious", "critical"})


@dataclass
class Viewer:
    """Somebody at a browser. `page` is playwright's; `base` is where the control centre answers."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def opens(self, path: str) -> Page:
        """The page, once it is there and its line to the server stands, so that its buttons do something."""
        self.page.goto(self.base + path)
        self.page.wait_for_function(STANDS)
        return self.page

    def sees(self, said: str) -> None:
        """Fails unless the text stands on the page, or comes within the patience of a person."""
        self.page.get_by_text(said).first.wait_for(timeout=PATIENCE)

    def finds_no_barrier(self) -> None:
        """Axe finds nothing serious."""
        found = Axe().run(self.page, options=ONLY_BARRIERS).response["violations"]
        serious = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]
        assert not serious, serious

    def expects(self, *words: str) -> None:
        """A complaint of the browser that this test means to cause, such as a 404."""
        self.complaints[:] = [said for said in self.complaints if not any(word in said for word in words)]


def launched(playwright: Playwright) -> Browser:
    if CHROMIUM is None:
        pytest.skip(NOT_TRIED)
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIETLY))


def entered(
    browser: Browser, base: str, name: str, password: str, *, language: str = "en-GB", zone: str = "Asia/Shanghai"
) -> BrowserContext:
    """A browser in which somebody is logged in."""
    context = browser.new_context(locale=language, timezone_id=zone)
    answer = context.request.post(f"{base}/api/v1/login", data={"name": name, "password": password})
    assert answer.ok, answer.text()
    return context


@contextmanager
def viewing(
    browser: Browser,
    base: str,
    name: str,
    password: str,
    *,
    width: int = 1280,
    scheme: str = "light",
    language: str = "en-GB",
    zone: str = "Asia/Shanghai",
) -> Iterator[Viewer]:
    """Logged in. At the end nothing may have been complained of, and nothing asked of any other server."""
    context = entered(browser, base, name, password, language=language, zone=zone)
    with context, looking(context, base, width=width, scheme=scheme) as viewer:
        yield viewer


@contextmanager
def looking(context: BrowserContext, base: str, *, width: int = 1280, scheme: str = "light") -> Iterator[Viewer]:
    """One page of a browser in which somebody is logged in, held to the same."""
    page = context.new_page()
    with watched(page, base, width=width, scheme=scheme) as viewer:
        yield viewer
    page.close()


@contextmanager
def watched(page: Page, base: str, *, width: int = 1280, scheme: str = "light") -> Iterator[Viewer]:
    """A page that may have shown something before, of which nothing is left."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_default_timeout(PATIENCE)
    viewer = Viewer(page, base)
    heard: dict[str, Callable[[Any], None]] = {
        "console": lambda said: viewer.complaints.append(said.text) if said.type in {"error", "warning"} else None,
        "pageerror": lambda error: viewer.complaints.append(str(error)),
        "request": lambda asked: _refuse_elsewhere(viewer, base, asked.url),
    }
    for name, hears in heard.items():
        page.on(name, hears)  # type: ignore[call-overload]
    yield viewer
    for name, hears in heard.items():
        page.remove_listener(name, hears)
    assert not viewer.complaints, viewer.complaints


def _refuse_elsewhere(viewer: Viewer, base: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != urlsplit(base).netloc:
        viewer.complaints.append(f"asked of another server: {url}")
