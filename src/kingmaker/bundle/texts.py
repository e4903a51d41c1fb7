"""How a value is written as text: one spelling, however a file, a driver or a client spells it."""

import math

from kingmaker.bundle.contents import InputField
from kingmaker.domain.category import MISSING_TEXTS, text_of_value

MISSING = ""


def number_of_text(text: str) -> float | None:
    """The number a text spells; NaN for empty text; None when it spells no number."""
    stripped = text.strip()
    if stripped in MISSING_TEXTS:
        return math.nan
    if "_" in stripped:
        return None
    try:
        return float(stripped)
    except ValueError:
        return None


class Levels:
    """The spellings of one category's levels.

    A text that is a known level is taken as it is. Otherwise, when the known level is the same number or truth value in
    its canonical spelling (`1` for `1.0` or `01`, `true` for `True`), that level is meant: files written by different
    programs spell one column differently.
    """

    def __init__(self, field: InputField) -> None:
        self._known = frozenset(share.level for share in field.levels)

    def knows(self, text: str) -> bool:
        return text in self._known

    def canonical(self, text: str) -> str:
        """The level's spelling in the graph; the empty text for a missing value."""
        if text in self._known:
            return text
        if text in MISSING_TEXTS:
            return MISSING
        lowered = text.strip().lower()
        if lowered in {"true", "false"} and lowered in self._known:
            return lowered
        number = number_of_text(text)
        if number is not None and not math.isnan(number):
            spelt = text_of_value(number)
            return spelt if spelt in self._known else text
        return text
