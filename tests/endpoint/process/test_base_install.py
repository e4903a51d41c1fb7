"""The endpoint needs what the base install brings, and nothing of the loop."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.test_layers import TRAINING
from tests.architecture.tree import SOURCE
from tests.serving.publisher import Publisher

from .running import APPLICANT, running

COUNTED = """
import atexit, os, sys
from pathlib import Path

atexit.register(lambda: Path(os.environ["LOADED"]).write_text(" ".join(sys.modules)))
from kingmaker.__main__ import main

main()
"""
ELSEWHERE = {*TRAINING, "obstore", "alembic", "jinja2", "pandas", "scipy"}


def packages(modules: str) -> set[str]:
    return {name.partition(".")[0] for name in modules.split()}


def test_an_endpoint_that_has_answered_has_loaded_no_training_code(publisher: Publisher, tmp_path: Path) -> None:
    """Typer reads the options of every command with pydantic, which it brings along."""
    publisher.crown(1)
    loaded = tmp_path / "loaded"
    with running(tmp_path, program=("-c", COUNTED), environment={"LOADED": str(loaded)}) as endpoint:
        endpoint.is_ready_in_the_end()
        for path in ("/score", "/score?reasons=1"):
            assert endpoint.asked(path, APPLICANT)[0] == 200 or "reasons" in path
        assert endpoint.leaves() == 0
    found = packages(loaded.read_text())
    assert {"onnxruntime", "uvloop", "kingmaker"} <= found
    assert found & ELSEWHERE <= {"pydantic"}


def test_its_own_modules_need_nothing_but_the_base_install() -> None:
    rooms = [SOURCE / "interfaces" / "endpoint", SOURCE / "serving"]
    files = [*(file for room in rooms for file in room.rglob("[!_]*.py")), SOURCE / "endpoint_wiring.py"]
    names = sorted(".".join(file.relative_to(SOURCE.parent).with_suffix("").parts) for file in files)
    code = f"import importlib, sys\nfor name in {names!r}:\n    importlib.import_module(name)\nprint(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert packages(told.stdout) & ELSEWHERE == set()
