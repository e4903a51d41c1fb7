"""Kill a run at any moment, as often as you like: said again, the same command brings it to the one end it would have had."""

import json
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.journeys.book import BEFORE_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console
from tests.journeys.crowd import kill_everybody, processes_of, wait_until_all_are_gone
from tests.journeys.journal import PLACE, PLACE_OF_REFITS, line_of
from tests.journeys.listener import listening

from kingmaker.loop.refitting.folds import FOLDS

TRIALS = 8
FITS_AGAIN = 1 + FOLDS
"""A winner is fitted so often before it is tested, and so often once more before it is published."""
SHORT_LIFE = 0.7
"""Lives of this share of a whole run reach every stage all the same, because each goes on where the last one ended."""
MANY = 30
RUN = ("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The run that nobody killed: how long it took, and the version that it published."""

    seconds: float
    version: str


def _fresh(folder: Path) -> Console:
    folder.mkdir(exist_ok=True)
    write_book(folder, loans(12_000), file="loans.parquet")
    write_pipeline(folder, file="loans.parquet", learners="tests.journeys.journal:JournalLearner", trials=TRIALS)
    root = Path(__file__).parents[2]
    return Console(folder, {PLACE: str(folder / "journal"), "PYTHONPATH": str(root)})


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    console = _fresh(tmp_path_factory.mktemp("undisturbed"))
    started = time.monotonic()
    answer = console.does(*RUN)
    return Undisturbed(time.monotonic() - started, answer["version"]["version"])


@dataclass
class Executioner:
    """Kills runs of one console after random times, in one of three ways, and watches that no work is done twice."""

    console: Console
    chance: random.Random
    seconds: float
    """No run lives longer before it is killed."""
    kills: int = 0
    killed_at_the_end: bool = False

    def run_until_done(self, most_kills: int) -> None:
        """The same command until it ends by itself, killed at most so often."""
        while True:
            recorded, told = self._recorded(), len(self._journal())
            ended = self._start(patience=self.chance.uniform(0.0, self.seconds) if self.kills < most_kills else None)
            again = [line for line in self._journal()[told:] if line in recorded]
            assert not again, "a trial was fitted although it had been recorded"
            self.killed_at_the_end = not ended and self._is_over()
            if ended or self.killed_at_the_end:
                return

    def _start(self, patience: float | None) -> bool:
        process = self.console.start(*RUN)
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            self.kills += 1
            self._kill(process)
            process.communicate()
            wait_until_all_are_gone(self.console)
            return False
        assert process.returncode == 0, out + err
        return True

    def _kill(self, process: "subprocess.Popen[str]") -> None:
        match self.chance.randrange(3):
            case 0:
                process.kill()
            case 1:
                os.killpg(process.pid, signal.SIGKILL)
            case _:
                kill_everybody(self.console)

    def _is_over(self) -> bool:
        """The kill came when the verdict was reached and only the telling was left; asked again, it were another run."""
        return self._has_table("run") and ("verdict_reached",) in self.console.rows("SELECT reason FROM run")

    def _has_table(self, name: str) -> bool:
        if not (self.console.home / "ledger.db").exists():
            return False
        return bool(self.console.rows(f"SELECT name FROM sqlite_master WHERE name = '{name}'"))

    def _journal(self) -> list[str]:
        place = Path(self.console.environment[PLACE])
        return place.read_text(encoding="utf-8").splitlines() if place.exists() else []

    def _recorded(self) -> set[str]:
        records = self.console.rows("SELECT record FROM trial") if self._has_table("trial") else []
        return {line_of(json.loads(record)["spec"]["hyperparameters"]) for (record,) in records}


def _is_as_if_nothing_had_happened(
    console: Console, undisturbed: Undisturbed, *, killed_at_the_end: bool = False
) -> None:
    """One run, one verdict, one bundle, one champion, a whole record, and nothing lying about."""
    counts = {table: console.rows(f"SELECT count(*) FROM {table}")[0][0] for table in _TABLES}
    assert counts == _TABLES
    assert console.rows("SELECT reason FROM run") == [("verdict_reached",)]
    assert console.rows("SELECT version FROM champion_turn") == [(undisturbed.version,)]
    promotions = [entry for entry in console.does("audit", "list", "--limit", "1000") if entry["action"] == "promoted"]
    assert len(promotions) <= 1
    assert console.does("audit", "verify")["intact"] is True
    if not killed_at_the_end:  # then its workspace waits for the next run to sweep it up
        assert not list((console.home / "work").iterdir())
    assert [path.name for path in (console.home / "keys").iterdir()] == ["signing.key"]
    assert _archives(console) == 1
    assert _announced(console) == undisturbed.version


_TABLES = {
    "run": 1,
    "stage": 7,
    "trial": TRIALS,
    "trial_use": TRIALS,
    "verdict": 1,
    "model_version": 1,
    "champion_turn": 1,
}


def _announced(console: Console) -> str:
    """The version that endpoints are told of."""
    told = json.loads((console.home / "vault" / "champions" / "book.json").read_text(encoding="utf-8"))
    return json.loads(told["body"])["champion"]["version"]


def _archives(console: Console) -> int:
    """Files in the vault that begin as the published bundle does."""
    archive = console.rows("SELECT archive FROM model_version")[0][0]
    vault = console.home / "vault"
    beginning = (vault / archive[:2] / archive[2:]).read_bytes()[:4]
    return sum(path.read_bytes()[:4] == beginning for path in vault.glob("[0-9a-f][0-9a-f]/*"))


def _sweeps_up(console: Console) -> None:
    """What a killed write left in the vault's hall is gone once it is old enough to be nobody's."""
    hall = console.home / "vault" / "incoming"
    for path in hall.iterdir():
        os.utime(path, (1.0, 1.0))
    console.does("doctor")
    assert not list(hall.iterdir())


def test_a_run_killed_six_times_ends_as_if_nothing_had_happened(undisturbed: Undisturbed, tmp_path: Path) -> None:
    executioner = Executioner(_fresh(tmp_path), random.Random(11), undisturbed.seconds)
    executioner.run_until_done(most_kills=6)
    _is_as_if_nothing_had_happened(executioner.console, undisturbed, killed_at_the_end=executioner.killed_at_the_end)
    _sweeps_up(executioner.console)
    assert executioner.kills > 0


@pytest.mark.slow
def test_many_kills_over_several_runs_lose_nothing_and_repeat_nothing(undisturbed: Undisturbed, tmp_path: Path) -> None:
    chance, kills, runs = random.Random(5), 0, 0
    while kills < MANY:
        runs += 1
        executioner = Executioner(_fresh(tmp_path / f"run-{runs}"), chance, undisturbed.seconds * SHORT_LIFE)
        executioner.run_until_done(most_kills=min(MANY // 3, MANY - kills))
        _is_as_if_nothing_had_happened(
            executioner.console, undisturbed, killed_at_the_end=executioner.killed_at_the_end
        )
        kills += executioner.kills
    assert kills == MANY
    assert runs >= 3


def _killed_while_fitting(console: Console, journal: Path, *, after: int = 0) -> None:
    """Wait until so many fits were told in the journal and one more begins, then kill the main process alone."""
    with listening(journal) as hear:
        process = console.start(*RUN)
        hear(process, after + 1)
        process.kill()
        process.communicate()
        wait_until_all_are_gone(console)


def test_children_die_with_their_run_and_resume_goes_on(undisturbed: Undisturbed, tmp_path: Path) -> None:
    console = _fresh(tmp_path)
    _killed_while_fitting(console, Path(console.environment[PLACE]))
    assert not processes_of(console)
    assert console.does("runs")[0]["reason"] == "requested"
    answer = console.does("resume")
    assert answer["version"]["version"] == undisturbed.version
    _is_as_if_nothing_had_happened(console, undisturbed)
    assert "no unfinished run" in console.refuses("resume")
    assert "run 1" in console.refuses("resume", "1")
    assert "no run 9" in console.refuses("resume", "9")


@pytest.mark.parametrize(("killed_in", "resume"), [("rehearse", ("resume",)), ("refit", ("resume", "1"))])
def test_a_run_killed_while_it_fits_its_winner_again_repeats_that_and_nothing_else(
    undisturbed: Undisturbed, tmp_path: Path, killed_in: str, resume: tuple[str, ...]
) -> None:
    rehearsed = killed_in == "refit"
    fresh = _fresh(tmp_path)
    journal = tmp_path / "refits"
    console = replace(fresh, environment={**fresh.environment, PLACE_OF_REFITS: str(journal)})
    _killed_while_fitting(console, journal, after=FITS_AGAIN if rehearsed else 0)
    before = console.rows("SELECT stage, finished_at FROM stage")
    fitted = (tmp_path / "journal").read_text(encoding="utf-8")
    done = ["extract", "prepare", "train", *(["rehearse", "select"] if rehearsed else [])]
    assert [stage for stage, _ in before] == done
    assert console.does(*resume)["version"]["version"] == undisturbed.version
    assert console.rows("SELECT stage, finished_at FROM stage")[: len(done)] == before
    assert (tmp_path / "journal").read_text(encoding="utf-8") == fitted
    assert len(journal.read_text(encoding="utf-8").splitlines()) == FITS_AGAIN * (1 if rehearsed else 2)
    _is_as_if_nothing_had_happened(console, undisturbed)


def test_ctrl_c_gives_the_run_back_at_once(undisturbed: Undisturbed, tmp_path: Path) -> None:
    console = _fresh(tmp_path)
    journal = Path(console.environment[PLACE])
    with listening(journal) as hear:
        process = console.start(*RUN)
        hear(process, 1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert process.returncode == 130
    assert "Nothing is lost" in err
    assert "Traceback" not in err
    wait_until_all_are_gone(console)
    elsewhere = replace(console, environment={**console.environment, "KINGMAKER_USER": "grace"})
    assert elsewhere.does(*RUN)["run"]["number"] == 1
    _is_as_if_nothing_had_happened(console, undisturbed)
