"""Endpoints are told of a new champion, whoever is killed on the way and wherever the vault is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.object_storage import object_storage
from tests.journeys.book import BEFORE_THE_SHIFT, write_book, write_pipeline
from tests.journeys.console import Console

from kingmaker.adapters.vaults.objects import ObjectsVault

RUNNER = """
import sys
from tests.loop.announcing.stopping import run_and_stop_before_announcing
run_and_stop_before_announcing(*sys.argv[1:])
"""


def read(data: bytes) -> dict[str, Any]:
    return json.loads(json.loads(data)["body"])


def small(folder: Path, **variables: str) -> Console:
    write_book(folder)
    write_pipeline(folder, learners="scorecard", trials=1)
    return Console(folder, variables)


@pytest.mark.slow
def test_a_run_killed_between_crown_and_announcement_is_announced_when_it_is_resumed(tmp_path: Path) -> None:
    console = small(tmp_path)
    command = [sys.executable, "-c", RUNNER, str(console.home), str(tmp_path / "book.yaml"), BEFORE_THE_SHIFT]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, env=console.variables, stdin=-1, stdout=-1, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "crowned\n"
        child.kill()
    pointer = console.home / "vault" / "champions" / "book.json"
    assert console.rows("SELECT turn FROM champion_turn") == [(1,)]
    assert not pointer.exists()
    console.does("resume")
    champion = console.does("champion")
    told = read(pointer.read_bytes())
    assert (told["turn"], told["edition"], told["champion"]["version"]) == (1, 1, champion["version"])
    assert console.does("audit", "verify")["intact"] is True


@pytest.mark.slow
def test_a_home_whose_vault_is_on_object_storage_announces_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with object_storage() as storage:
        url = f"{storage.bucket}/lender"
        console = small(tmp_path, **storage.variables, KINGMAKER_VAULT=url)
        answer = console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
        for name, value in storage.variables.items():
            monkeypatch.setenv(name, value)
        vault = ObjectsVault(url, tmp_path / "elsewhere")
        told = read(vault.named("champions/book.json"))
        assert told["champion"]["version"] == answer["version"]["version"]
        assert len(vault.read(told["champion"]["archive"])) == told["champion"]["size"]
        assert not (console.home / "vault").exists()
        assert all(check["healthy"] for check in console.does("doctor"))
