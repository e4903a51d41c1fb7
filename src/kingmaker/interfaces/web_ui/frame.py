"""What stands around every page: title, navigation, language, light or dark, and a way out."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Final

from nicegui import ui

from kingmaker.domain.access import Right
from kingmaker.interfaces.web_ui.here import LANGUAGE_COOKIE, Here
from kingmaker.interfaces.web_ui.palette import style_of_paper
from kingmaker.interfaces.web_ui.parts.acting import session_over
from kingmaker.interfaces.web_ui.parts.elements import button, link

ROOMS: Final = (
    ("overview", "/", Right.SEE),
    ("runs", "/runs", Right.SEE),
    ("replays", "/replays", Right.SEE),
    ("endpoints", "/endpoints", Right.SEE),
    ("schedules", "/schedules", Right.SEE),
    ("access", "/access", Right.ADMINISTER),
    ("audit", "/audit", Right.SEE),
    ("notices", "/notices", Right.SEE),
)
"""Name in the catalogue under `nav`, path, and the right without which it is not shown."""

LOOKED_EVERY: Final = 30.0
"""Seconds."""

_DARK: Final = """
(() => {{ const dark = !document.body.classList.contains('body--dark');
document.cookie = 'kingmaker_dark=' + (dark ? '1' : '0') + '; path=/; max-age=31536000; samesite=strict'; return dark; }})()
"""
_LANGUAGE: Final = (
    "document.cookie = '{cookie}={language}; path=/; max-age=31536000; samesite=strict'; location.reload()"
)
_LOG_OUT: Final = "fetch('/api/v1/logout', {method: 'POST'}).then(() => location.assign('/login'))"


def prepare(language: str, title: str, *, dark: bool | None) -> ui.dark_mode:
    """Style, script and language of a page; `dark` None: as the system prefers."""
    here = files(__package__)
    ui.page_title(f"{title} · Kingmaker")
    ui.add_css(style_of_paper() + (here / "style.css").read_text(encoding="utf-8"))
    ui.add_body_html(f"<script>{(here / 'page.js').read_text(encoding='utf-8')}</script>")
    ui.add_head_html(f"<script>document.documentElement.lang = '{language}'</script>")
    return ui.dark_mode(dark)


@contextmanager
def frame(here: Here, title: str, room: str) -> Iterator[None]:
    """The page's content is what is made in the block; `room` is the one of ROOMS that it belongs to."""
    told = here.request.cookies.get("kingmaker_dark")
    mode = prepare(here.t.language, title, dark=None if told is None else told == "1")
    link(here.t("frame.skip"), "#content").classes("km-skip")
    with ui.element("header").classes("km-top"):
        link("Kingmaker", "/").classes("km-brand")
        _navigation(here, room)
        _tools(here, mode)
    with ui.element("main").classes("km-main").props("id=content tabindex=-1"):
        yield
    ui.timer(LOOKED_EVERY, lambda: _leave_if_over(here), immediate=False)


async def _leave_if_over(here: Here) -> None:
    """A page that is left open tells when its session is over, without making that one last any longer."""
    if await here.is_over():
        session_over(here)


def _navigation(here: Here, room: str) -> None:
    with ui.element("nav").classes("km-nav").props(f'aria-label="{here.t("frame.nav")}"'):
        for name, path, right in ROOMS:
            if not any(here.may(right, pipeline) for pipeline in (None, *(here.who.pipelines or ()))):
                continue
            made = link(here.t(f"nav.{name}"), path)
            if name == room:
                made.props("aria-current=page")


def _tools(here: Here, mode: ui.dark_mode) -> None:
    other = "en" if here.t.language == "zh" else "zh"
    with ui.element("div").classes("km-tools"):
        me = link(here.who.name, "/me").classes("km-me")
        me.props["title"] = here.t("frame.logged_in_as", name=here.who.name)
        button(here.t("frame.light_dark"), lambda: _turn(mode))
        button(here.t("frame.other_language"), lambda: _speak(other)).props(f"lang={other}")
        button(here.t("frame.log_out"), lambda: ui.run_javascript(_LOG_OUT))


async def _turn(mode: ui.dark_mode) -> None:
    mode.value = bool(await ui.run_javascript(_DARK.format()))


def _speak(language: str) -> None:
    ui.run_javascript(_LANGUAGE.format(cookie=LANGUAGE_COOKIE, language=language))
