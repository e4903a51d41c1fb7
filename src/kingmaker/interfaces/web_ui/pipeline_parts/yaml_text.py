"""A declaration to look at: its lines numbered, its keys, comments and values in colours. Markup with everything escaped."""

import re
from collections.abc import Iterator
from html import escape
from typing import Final

_KEY: Final = re.compile(
    r"""(?P<before>\s*(?:-\s+)*)(?P<key>[^\s#'"\[{][^#'"]*?|"[^"]*"|'[^']*')(?P<colon>:)(?=\s|$)"""
)
_VALUE: Final = re.compile(
    r"""(?P<comment>(?:(?<=\s)|^)\#.*$)|(?P<string>"(?:[^"\\]|\\.)*"|'[^']*')|(?P<number>(?<![\w.-])-?\d+(?:\.\d+)?(?![\w.-]))"""
)


def coloured(text: str) -> str:
    """The lines as markup, one span a line; the style numbers them."""
    lines = "".join(f'<span class="line">{"".join(_line(line)) or " "}</span>' for line in text.splitlines())
    return f"<code>{lines}</code>"


def _line(line: str) -> Iterator[str]:
    found = _KEY.match(line)
    if found is None:
        yield from _values(line)
        return
    yield f"{escape(found['before'])}{_span('key', found['key'])}:"
    yield from _values(line[found.end() :])


def _values(said: str) -> Iterator[str]:
    end = 0
    for found in _VALUE.finditer(said):
        yield escape(said[end : found.start()])
        yield _span(found.lastgroup or "string", found.group())
        end = found.end()
    yield escape(said[end:])


def _span(kind: str, said: str) -> str:
    return f'<span class="km-declaration-{kind}">{escape(said)}</span>'
