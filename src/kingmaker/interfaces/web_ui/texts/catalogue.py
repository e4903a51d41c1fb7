"""The catalogue: one file a page, every text in every language side by side.

    [overview]
    title.en = "Overview"
    title.zh = "总览"

is the text `overview.title`. Words in braces are filled in: `t("overview.days", count=3)`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Texts:
    """`t(name, **words)` is the text in one language. Raises KeyError for a name or word that is missing."""

    language: str
    found: Mapping[str, str]

    def __call__(self, name: str, /, **words: object) -> str:
        return self.found[name].format_map(words) if words else self.found[name]


@cache
def texts_in(language: str) -> Texts:
    return Texts(language, {name: told[language] for name, told in catalogue().items()})


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text by its name, in every language."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            for room, told in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found |= _named(room, told)
    return found


def _named(prefix: str, told: Mapping[str, object]) -> dict[str, Mapping[str, str]]:
    if set(told) <= set(LANGUAGES):
        return {prefix: {language: str(text) for language, text in told.items()}}
    found: dict[str, Mapping[str, str]] = {}
    for name, inner in told.items():
        assert isinstance(inner, Mapping), f"{prefix}.{name} has no language"
        found |= _named(f"{prefix}.{name}", inner)
    return found
