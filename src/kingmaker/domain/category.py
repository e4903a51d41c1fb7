"""One text for one category value, wherever it is read: training tables, batch scoring and single requests."""

MISSING_TEXTS = ("", "None", "nan", "NaN")
"""Texts that mean missing: the empty string, and what some bindings make of a null and of NaN on the way."""

LARGEST_INTEGER = 2**63
"""Whole doubles from here on keep their own notation: no integer column could hold them."""


def text_of_value(value: object) -> str:
    """The text of a category value; the empty string for a missing one.

    Booleans are `true` and `false`, whole numbers are written without `.0` (a column of codes reads the same whether a
    null has made it floating or not), other numbers in their shortest exact notation.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        whole = abs(value) < LARGEST_INTEGER and value == int(value)
        text = str(int(value)) if whole else repr(float(value))
    else:
        text = str(value)
    return "" if text in MISSING_TEXTS else text
