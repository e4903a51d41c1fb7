"""Pages lead where they say, and name commands that exist."""

import re
from pathlib import Path

import pytest

from kingmaker.interfaces.cli.rooms import ROOMS

from .tree import ROOT, name_of

PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^\$ |`)kingmaker ([a-z][a-z-]*)", re.MULTILINE)
COMMANDS = {command for commands in ROOMS.values() for command in commands}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file(page: Path) -> None:
    prose = FENCED.sub("", page.read_text(encoding="utf-8"))
    assert [link for link in LINK.findall(prose) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_is_named_exists(page: Path) -> None:
    assert {name for name in COMMAND.findall(page.read_text(encoding="utf-8")) if name not in COMMANDS} == set()


def test_the_readme_names_every_command() -> None:
    named = set(re.findall(r"[a-z-]+", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert COMMANDS - named == set()
