"""Markup of many pieces at once: a page of hundreds of cards is one element to the browser's line, not thousands."""

from datetime import datetime
from typing import Final

from markupsafe import Markup

_MARKS: Final = frozenset({"open", "good", "hold", "bad"})


def anchor(said: str, to: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(to, said)


def marked(said: str, kind: str = "open") -> Markup:
    """As `elements.mark`."""
    assert kind in _MARKS, kind
    return Markup('<span class="km-mark {}">{}</span>').format(kind, said)


def told_at(at: datetime | None) -> Markup:
    """As `elements.moment`: the browser tells it in the viewer's zone. `-` for none."""
    if at is None:
        return Markup("-")
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{at:%Y-%m-%d %H:%M}")


def filled(sentence: str, **words: Markup | str) -> Markup:
    """A text of the catalogue with markup in its places: what is no markup is escaped."""
    return Markup("{}").format(sentence).format(**words) if words else Markup("{}").format(sentence)
