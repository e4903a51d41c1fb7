"""What a page weighs: all that a browser that was never here fetches for it, over the wire."""

import os
import shutil
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.web_ui.asking import Visitor
from playwright.sync_api import sync_playwright

CHROMIUM: Final = os.environ.get("KINGMAKER_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """Files and bytes (headers included) of a first view and of the next one; `elsewhere` counts files of other servers."""

    files: int
    sent: int
    again_files: int
    again_sent: int
    elsewhere: int


def weigh(visitor: Visitor, port: int, path: str) -> Weight | None:
    """None where there is no Chromium."""
    if CHROMIUM is None:
        return None
    base, sent, elsewhere = f"http://127.0.0.1:{port}", [], []
    name, _, value = visitor.cookie.partition("=")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": value, "url": base}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(("http://127", "data:", "ws:")) else elsewhere.append(1),
        )
        line = context.new_cdp_session(page)
        line.send("Network.enable")

        def count(told: dict[str, Any]) -> None:
            if told["encodedDataLength"]:
                sent.append(told["encodedDataLength"])

        line.on("Network.loadingFinished", count)
        page.goto(base + path, wait_until="networkidle")
        first = list(sent)
        page.goto(base + path, wait_until="networkidle")
        again = sent[len(first) :]
        browser.close()
    return Weight(
        files=len(first),
        sent=round(sum(first)),
        again_files=len(again),
        again_sent=round(sum(again)),
        elsewhere=len(elsewhere),
    )
