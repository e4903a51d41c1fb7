"""The same verbs from afar as on the spot, said by both clients, whose twin files are in step."""

import inspect
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from kingmaker.control.office.office import Office
from kingmaker.control.verbs import Verbs
from kingmaker.interfaces.client import AsyncClient, Client

VERBS = sorted(name for name, _ in inspect.getmembers(Verbs, inspect.isfunction) if not name.startswith("_"))
LOADED_BY_THE_LOOP = (
    "polars",
    "sqlalchemy",
    "xgboost",
    "lightgbm",
    "pydantic",
    "duckdb",
    "fastapi",
    "onnxruntime",
    "numpy",
)
GENERATOR = Path(__file__).parents[2] / "docs" / "generate_client.py"


def signature(plays: type, name: str) -> inspect.Signature:
    """Without what the office takes beyond the verb: an option that nobody needs to give."""
    found, said = inspect.signature(getattr(plays, name)), inspect.signature(getattr(Verbs, name)).parameters
    needed = [one for one in found.parameters.values() if one.name in said or one.default is one.empty]
    return found.replace(parameters=needed)


@pytest.mark.parametrize("plays", [Office, Client, AsyncClient])
def test_whoever_plays_the_verbs_has_each_with_its_signature(plays: type) -> None:
    assert len(VERBS) > 50
    said = {name: inspect.signature(getattr(Verbs, name)) for name in VERBS}
    assert {name: signature(plays, name) for name in VERBS} == said


def test_one_client_awaits_each_verb_and_the_other_none() -> None:
    assert [name for name in VERBS if not inspect.iscoroutinefunction(getattr(AsyncClient, name))] == []
    assert [name for name in VERBS if inspect.iscoroutinefunction(getattr(Client, name))] == []


def test_beyond_the_verbs_both_clients_do_the_same() -> None:
    def public(client: type) -> set[str]:
        return {name for name in vars(client) | dict(inspect.getmembers(client)) if not name.startswith("_")}

    assert public(Client) == public(AsyncClient)
    assert public(Client) - set(VERBS) == {"document", "follow", "report", "say", "wait_for"}


def test_the_client_that_blocks_is_the_awaited_one_without_its_awaiting() -> None:
    written = runpy.run_path(str(GENERATOR))["written"]()
    differing = [
        str(path.name) for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text
    ]
    assert differing == [], "python docs/generate_client.py writes them anew"
    assert {path.name for path in written} == {path.name for path in next(iter(written)).parent.glob("*.py")}


def test_the_client_needs_none_of_the_loops_libraries() -> None:
    code = "import sys, kingmaker.interfaces.client; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert "kingmaker.loop.records" in loaded
    assert [name for name in LOADED_BY_THE_LOOP if name in loaded] == []
