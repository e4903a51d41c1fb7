"""The pages' colours and the style of what they share with the report: one palette, light and dark, for paper and screen."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

_ROOT: Final = re.compile(r":root\s*\{(?P<said>[^}]*)\}")
_DARK: Final = re.compile(r"@media screen and \(prefers-color-scheme: dark\)\s*\{\s*:root\s*\{(?P<said>[^}]*)\}\s*\}")


@cache
def palette(*, dark: bool | None) -> str:
    """The colours alone, for a page without the pages' script; `dark` None: as the system prefers."""
    _, bright, deep = _parts()
    shown = deep if dark else bright
    return f":root {{{shown}}}\n" + (
        f"@media (prefers-color-scheme: dark) {{ :root {{{deep}}} }}\n" if dark is None else ""
    )


@cache
def style_of_paper() -> str:
    """The report's own style for whatever stands inside `.paper`, and its palette for everything.

    Dark is what the viewer chose for the pages, not what the system prefers.
    """
    rest, bright, deep = _parts()
    return f":root {{{bright}}}\nbody.body--dark {{{deep}}}\n@scope (.paper) {{\n{rest}\n}}\n"


@cache
def style_of_replays() -> str:
    """What the report of a replay adds to it."""
    style = files("kingmaker.interfaces.report") / "templates" / "replay" / "style.css"
    return f"@scope (.paper) {{\n{style.read_text(encoding='utf-8')}\n}}\n"


def _parts() -> tuple[str, str, str]:
    """The report's style without its palettes, its light palette, its dark one."""
    style = (files("kingmaker.interfaces.report") / "templates" / "style.css").read_text(encoding="utf-8")
    dark, light = _DARK.search(style), _ROOT.search(style)
    assert dark, "the report has no dark palette"
    assert light, "the report has no palette"
    return _ROOT.sub("", _DARK.sub("", style)), light["said"], dark["said"]
