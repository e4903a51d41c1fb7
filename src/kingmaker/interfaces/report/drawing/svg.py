"""SVG elements. Built as a tree, so that text from the data can never become markup."""

from xml.etree.ElementTree import Element, tostring

from markupsafe import Markup

Attribute = str | float | None


def element(tag: str, *children: Element, text: str | None = None, **attributes: Attribute) -> Element:
    """An element; `stroke_width` is written `stroke-width`, `class_` is `class`, numbers get one decimal, None is left out."""
    named = {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else short(value)
        for name, value in attributes.items()
        if value is not None
    }
    made = Element(tag, named)
    made.text = text
    made.extend(children)
    return made


def short(value: float) -> str:
    """A place on the page to a tenth of a pixel."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def picture(width: float, height: float, description: str, *children: Element) -> Markup:
    """A whole drawing as text, its escaping done. It scales with its column; `description` is what a screen reader says."""
    root = element("svg", *children, viewBox=f"0 0 {short(width)} {short(height)}", role="img")
    root.set("aria-label", description)
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704 -- serialised from a tree
