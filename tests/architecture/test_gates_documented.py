"""docs/gates.md tells every gate that the code knows, no other, and each limit with its true default."""

import re
from pathlib import Path

import pytest

from kingmaker.pipeline.declaration import Gates

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"G\d\.[a-z_]+")
PAGE = (ROOT / "docs/gates.md").read_text(encoding="utf-8")
ROOMS = (ROOT / "src/kingmaker/loop/judging/gates", ROOT / "src/kingmaker/loop/refitting")
FILES = [file for room in ROOMS for file in room.glob("*.py")]
IN_CODE = sorted({code for file in FILES for code in CODE.findall(file.read_text(encoding="utf-8"))})


def test_the_rooms_of_gates_are_where_this_test_looks():
    assert len(IN_CODE) >= 20


@pytest.mark.parametrize("code", IN_CODE)
def test_every_gate_of_the_code_is_documented(code: str):
    assert f"`{code}`" in PAGE


def test_no_gate_is_documented_that_the_code_does_not_know():
    assert set(CODE.findall(PAGE)) <= set(IN_CODE)


@pytest.mark.parametrize("name", sorted(Gates.model_fields))
def test_every_limit_is_documented_with_its_default(name: str):
    assert f"| `{name}` | {getattr(Gates(), name)} |" in PAGE
