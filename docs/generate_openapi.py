"""Writes docs/openapi.json, the control centre's API as programs rely on it: `python docs/generate_openapi.py`."""  # noqa: INP001

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kingmaker.interfaces.control_centre.app import Centre, build_app
from kingmaker.interfaces.control_centre.doorkeeping import FrontDoor
from kingmaker.settings import Settings
from kingmaker.wiring import open_house

PAGE = Path(__file__).with_name("openapi.json")
WORDS: Final = frozenset({"description", "title", "summary", "operationId", "tags", "version"})
"""What is told to people and binds nobody."""


def described() -> dict[str, Any]:
    """The API as the application describes it."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Settings(home=Path(folder) / "home"))
        try:
            told: dict[str, Any] = build_app(Centre(house=house, doorkeeper=FrontDoor(house))).openapi()
            return told
        finally:
            house.close()


def written(told: Mapping[str, Any]) -> str:
    """The file's text, ending with a newline."""
    return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def facts(told: object, at: str = "") -> Iterator[str]:
    """Everything that is promised, one fact a line: where it stands, and what. Words for people are left out."""
    if isinstance(told, Mapping):
        is_named = at.endswith((".properties", ".schemas", ".paths"))
        for name, inner in told.items():
            if is_named or name not in WORDS:
                yield from facts(inner, f"{at}.{name}")
        yield at
    elif isinstance(told, list):
        for inner in told:
            yield from facts(inner, f"{at}[{_name_of(inner)}]")
    else:
        yield f"{at} = {told}"


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """(what callers relied on and is no more, what is new)."""
    had, has = set(facts(before)), set(facts(now))
    demanded = {fact for fact in has - had if ".required[" in fact}
    return sorted((had - has) | demanded), sorted(has - had - demanded)


def _name_of(item: object) -> str:
    """What an item of a list is known by: a parameter's name, or the item itself."""
    return str(item.get("name", item.get("$ref", ""))) if isinstance(item, Mapping) else str(item)


if __name__ == "__main__":
    PAGE.write_text(written(described()), encoding="utf-8")
