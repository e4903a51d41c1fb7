"""A figure: a drawing with the sentence that says what to see in it."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One entry of a legend: `kind` is the class of the marks it explains."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`drawing` is finished SVG; `keys` explain its colours, and are empty where one colour explains itself."""

    title: str
    drawing: Markup
    keys: tuple[Key, ...] = ()
    note: str = ""


CHAMPION = Key(kind="champion", name="champion")
CHALLENGER = Key(kind="challenger", name="challenger")
OBSERVED = Key(kind="observed", name="observed bad rate")
