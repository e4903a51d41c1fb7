"""One pipeline has one run at a time; other pipelines of the home go on."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.book import AFTER_THE_SHIFT, BEFORE_THE_SHIFT, write_pipeline
from tests.journeys.console import Console
from tests.journeys.journal import PLACE
from tests.journeys.listener import listening


@contextmanager
def _training(console: Console) -> Iterator[tuple[Console, "subprocess.Popen[str]"]]:
    """A run of `slow` that is at its first trial."""
    journal = console.folder / "journal"
    write_pipeline(console.folder, name="slow", learners="tests.journeys.journal:JournalLearner", trials=4)
    slow = Console(console.folder, {PLACE: str(journal), "PYTHONPATH": str(Path(__file__).parents[2])})
    with listening(journal) as hear:
        process = slow.start("run", "slow.yaml", "--as-of", BEFORE_THE_SHIFT)
        hear(process, 1)
        yield slow, process


def test_a_second_run_of_a_pipeline_is_refused_and_another_pipeline_goes_on(console: Console) -> None:
    with _training(console) as (slow, process):
        os.kill(process.pid, 19)  # SIGSTOP: it lives, and does not end while we look
        try:
            for as_of in (BEFORE_THE_SHIFT, AFTER_THE_SHIFT):
                error = slow.refuses("run", "slow.yaml", "--as-of", as_of)
                assert "run 1" in error.lower()
                assert f"process {process.pid} on " in error
                assert "slow" in error
            assert "run 1" in slow.refuses("resume").lower()
            other = console.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
            assert other["recorded"]["verdict"]["reason"] == "first_champion"
        finally:
            os.kill(process.pid, 18)  # SIGCONT
        _, err = process.communicate()
    assert process.returncode == 0, err
    assert slow.does("champion", "--pipeline", "slow")["turn"] == 1
    assert "several pipelines" in slow.refuses("champion")
    assert [run["reason"] for run in slow.does("runs")] == ["verdict_reached", "verdict_reached"]
