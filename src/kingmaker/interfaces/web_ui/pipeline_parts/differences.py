"""Two texts side by side, line by line, with what lies between changes left out. Markup with everything escaped."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import escape
from itertools import zip_longest
from typing import Final

from kingmaker.interfaces.web_ui.texts.catalogue import Texts

CONTEXT: Final = 3
"""Lines that are shown before and after a change."""
_WORD: Final = re.compile(r"(\W)")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    said: str


_Pair = tuple[_Line | None, _Line | None]


def differences(t: Texts, older: str, newer: str, titles: tuple[str, str]) -> str:
    """A table as markup; empty where the texts are the same line by line."""
    before, after = older.splitlines(), newer.splitlines()
    if before == after:
        return ""
    head = "".join(f'<th colspan="2" scope="col">{escape(title)}</th>' for title in titles)
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(_rows(t, before, after))}</tbody>"


def _rows(t: Texts, before: list[str], after: list[str]) -> Iterator[str]:
    shown = 0
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT):
        start = group[0][1]
        yield from _gap(t, start - shown)
        for tag, low, high, new_low, new_high in group:
            old = [_Line(number + 1, before[number]) for number in range(low, high)]
            new = [_Line(number + 1, after[number]) for number in range(new_low, new_high)]
            yield from (_row(pair, is_same=tag == "equal") for pair in zip_longest(old, new))
        shown = group[-1][2]
    yield from _gap(t, len(before) - shown)


def _gap(t: Texts, lines: int) -> Iterator[str]:
    if lines > 0:
        yield f'<tr class="gap"><td colspan="4">{escape(t("declaration.lines_alike", count=lines))}</td></tr>'


def _row(pair: _Pair, *, is_same: bool) -> str:
    old, new = pair
    if is_same and old is not None and new is not None:
        return f"<tr>{_cell(old, escape(old.said), 'same older')}{_cell(new, escape(new.said), 'same newer')}</tr>"
    left, right = _marked(old.said, new.said) if old and new else (_plain(old), _plain(new))
    gone = _cell(old, f"<del>{left or '&nbsp;'}</del>", "out") if old else _cell(None, "", "none")
    come = _cell(new, f"<ins>{right or '&nbsp;'}</ins>", "in") if new else _cell(None, "", "none")
    return f"<tr>{gone}{come}</tr>"


def _cell(line: _Line | None, markup: str, kind: str) -> str:
    number = str(line.number) if line else ""
    return f'<td class="no">{number}</td><td class="said {kind}">{markup}</td>'


def _plain(line: _Line | None) -> str:
    return escape(line.said) if line else ""


def _marked(old: str, new: str) -> tuple[str, str]:
    """Both lines with the words marked that the other does not have, unless hardly any is the same."""
    before, after = _WORD.split(old), _WORD.split(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.4:
        return escape(old), escape(new)
    left, right = "", ""
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        gone, come = escape("".join(before[low:high])), escape("".join(after[new_low:new_high]))
        left += gone if tag == "equal" or not gone else f"<mark>{gone}</mark>"
        right += come if tag == "equal" or not come else f"<mark>{come}</mark>"
    return left, right
