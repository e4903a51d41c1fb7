"""What is wider than a phone, and is scrolled there by finger and by keyboard alike."""

from nicegui import ui


def wide(told: str) -> ui.element:
    """A region whose content keeps its width; `told` is what a screen reader announces."""
    made = ui.element("div").classes("km-run-wide").props("tabindex=0 role=region")
    made.props["aria-label"] = told
    return made
