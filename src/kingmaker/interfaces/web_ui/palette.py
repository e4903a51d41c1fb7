"""The pages' colours and the style of what they share with the report: one palette, light and dark, for paper and screen."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

_ROOT: Final = re.compile(r":root\s*\{(?P<said>[^}]*)\}")
_DARK: Final = re.compile(r"@media screen and \(prefers-color-scheme: dark\)\s*\{\s*:root\s*\{(?P<said>[^}]*)\}\s*\}")


@cache
def style_of_paper() -> str:
    """The report's own style for whatever stands inside `.paper`, and its palette for everything.

    Dark is what the viewer chose for the pages, not what the system prefers.
    """
    style = (files("kingmaker.interfaces.report") / "templates" / "style.css").read_text(encoding="utf-8")
    dark, light = _DARK.search(style), _ROOT.search(style)
    assert dark, "the report has no dark palette"
    assert light, "the report has no palette"
    rest = _ROOT.sub("", _DARK.sub("", style))
    return f":root {{{light['said']}}}\nbody.body--dark {{{dark['said']}}}\n@scope (.paper) {{\n{rest}\n}}\n"
