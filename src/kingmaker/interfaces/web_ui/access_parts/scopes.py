"""Pipelines that somebody is let see, as people read and type them."""

import re
from collections.abc import Iterable
from typing import Final

from kingmaker.domain.access import Role
from kingmaker.interfaces.web_ui.texts.catalogue import Texts

_APART: Final = re.compile(r"[\s,\uff0c]+")
"""Blanks, and commas of either width."""


def scope_told(t: Texts, pipelines: Iterable[str] | None) -> str:
    return t("access.every_pipeline") if pipelines is None else ", ".join(pipelines) or t("access.no_pipeline")


def scope_typed(text: str) -> list[str] | None:
    """Names apart by commas or blanks; None for nothing typed: every pipeline."""
    return [name for name in _APART.split(text) if name] or None


def roles_told(t: Texts, roles: Iterable[Role]) -> str:
    return ", ".join(t(f"access.role.{role.value}") for role in roles)
