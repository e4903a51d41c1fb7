"""Replays that are asked for at a control centre: done by a process of their own, killed and gone on with, cancelled."""

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.asking import kill, until
from tests.journeys.book import loans
from tests.journeys.console import COMMAND, Console
from tests.journeys.crowd import kill_everybody, wait_until_all_are_gone
from tests.journeys.test_replay import book_in

from kingmaker.domain.replay import ReplayRequest, ReplayState
from kingmaker.interfaces.client import Client

ROWS = 5_000
SPAN: dict[str, Any] = {"from_month": "2016-12", "to_month": "2017-06", "every": "6 months"}
WORDS = ("--from", "2016-12", "--to", "2017-06", "--every", "6 months", "--policies", "never,always")


@dataclass(frozen=True, slots=True)
class Centre:
    console: Console
    process: "subprocess.Popen[str]"
    url: str
    client: Client

    def ask(self) -> int:
        self.client.declare((self.console.folder / "book.yaml").read_text(encoding="utf-8"))
        return self.client.ask_replay("book", policies=["never", "always"], **SPAN).number

    def conductor(self, number: int) -> int:
        """The process that does the replay."""

        def look() -> int | None:
            [(holder,)] = self.console.rows(f"SELECT holder FROM replay_request WHERE number = {number}")
            return int(holder.rsplit(":", 3)[1]) if holder else None

        return until(look)

    def steps_done(self, number: int, least: int) -> ReplayRequest:
        def look() -> ReplayRequest | None:
            found = self.client.replay(number)
            return found if found.progress and found.progress.done >= least else None

        return until(look)

    def end_of(self, number: int) -> ReplayRequest:
        def look() -> ReplayRequest | None:
            found = self.client.replay(number)
            return found if found.state.is_over() else None

        return until(look)


@contextmanager
def standing(console: Console) -> Iterator[Centre]:
    with (console.folder / "control.log").open("a") as log:
        process = subprocess.Popen(
            [*COMMAND, "control", "--port", "0", "--data", str(console.folder), "--json"],
            cwd=console.folder, env=console.variables, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    place = console.folder / "token"
    if told["first_token"]:
        place.write_text(told["first_token"], encoding="utf-8")
    try:
        with Client(told["url"], token=place.read_text(encoding="utf-8")) as client:
            yield Centre(console, process, told["url"], client)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    made = book_in(tmp_path, loans(ROWS))
    yield made
    kill_everybody(made)
    wait_until_all_are_gone(made)


def stages_done(console: Console, number: int) -> dict[str, int]:
    with sqlite3.connect(console.home / "replays" / str(number) / "ledger.db") as connection:
        rows = connection.execute("SELECT stage, count(*) FROM stage WHERE NOT reused GROUP BY stage").fetchall()
    connection.close()
    return dict(rows)


@pytest.mark.slow
def test_a_replay_whose_processes_are_killed_again_and_again_is_gone_on_with_to_its_end(console: Console) -> None:
    with standing(console) as centre:
        number = centre.ask()
        centre.steps_done(number, 1)
        kill(centre.conductor(number))
        centre.steps_done(number, 3)
        centre.process.send_signal(signal.SIGKILL)
        centre.process.wait()
    wait_until_all_are_gone(console)
    with standing(console) as centre:
        found = centre.end_of(number)
        assert found.state is ReplayState.FINISHED, found.detail
        assert centre.console.rows(f"SELECT token FROM replay_request WHERE number = {number}") == [(3,)]
        assert stages_done(console, number)["extract"] == 2
        result = centre.client.replay_result(number)
        assert [(one.policy, one.promotions) for one in result.policies] == [("never", 0), ("always", 1)]
        assert b"<!doctype html>" in centre.client.replay_page(number)
        assert console.says("--home", str(console.home / "replays" / str(number)), "runs").code == 0
        again = os.environ | console.variables | {"KINGMAKER_TOKEN": (console.folder / "token").read_text()}
        told = Console(console.folder, {"KINGMAKER_TOKEN": again["KINGMAKER_TOKEN"]}).says(
            "--server", centre.url, "replays"
        )
        assert told.code == 0, told.err
        assert "finished" in told.out


@pytest.mark.slow
def test_a_replay_that_is_cancelled_stops_with_all_its_processes_and_leaves_nothing(console: Console) -> None:
    with standing(console) as centre:
        number = centre.ask()
        centre.steps_done(number, 1)
        process = centre.conductor(number)
        centre.client.cancel_replay(number, why="seen enough")
        found = centre.end_of(number)
        assert found.state is ReplayState.CANCELLED
        assert "seen enough" in found.detail
        until(lambda: None if Path(f"/proc/{process}").exists() else True)
        assert not (console.home / "replays" / str(number)).exists()


@pytest.mark.slow
def test_replay_with_a_server_asks_there_and_follows_to_the_result(console: Console) -> None:
    with standing(console) as centre:
        token = {"KINGMAKER_TOKEN": (console.folder / "token").read_text(encoding="utf-8")}
        afar = Console(console.folder, token)
        out = console.folder / "page.html"
        answer = afar.says("--server", centre.url, "replay", "book.yaml", *WORDS, "--out", str(out))
        assert answer.code == 0, answer.err
        assert "always: who was champion" in answer.out
        assert "replay 1 of book" in answer.err
        assert out.read_bytes() == centre.client.replay_page(1)
        refused = afar.refuses("--server", centre.url, "replay", "book.yaml", *WORDS, "--workers", "2")
        assert "--workers" in refused
