"""The guide's own learner, installed as a package of its own, is found by its entry point and obeys every law."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from .laws import LAWS

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "how-to" / "add-a-learner.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found
    return found[1]


def install_from_guide(folder: Path) -> None:
    package, information = folder / "our_learners", folder / "our_learners-1.0.dist-info"
    package.mkdir()
    information.mkdir()
    (package / "__init__.py").touch()
    (package / "bounded.py").write_text(block("python"), encoding="utf-8")
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: our-learners\nVersion: 1.0\n", encoding="utf-8")
    named = re.search(r'^(\w+) = "(.+)"$', block("toml"), flags=re.MULTILINE)
    assert named
    (information / "entry_points.txt").write_text(f"[kingmaker.learners]\n{named[1]} = {named[2]}\n", encoding="utf-8")


@pytest.mark.slow
def test_the_guides_learner_obeys_every_law_as_a_plug_in(tmp_path):
    install_from_guide(tmp_path)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/learners/test_laws.py",
        "-k",
        "bounded",
    ]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{len(LAWS)} passed" in done.stdout
