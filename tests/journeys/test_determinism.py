"""The same loans, declaration and seed give the same version, whatever the home, the workers and the cores."""

import os
from pathlib import Path

from tests.journeys.book import AFTER_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console


def _published(folder: Path, *, workers: str, cores: set[int]) -> tuple[str, str, list[str]]:
    """Version, signing key and trial keys of a first run in a fresh home."""
    folder.mkdir()
    write_book(folder, loans(12_000))
    write_pipeline(folder, learners="lightgbm, scorecard", trials=4)
    console = Console(folder, {"KINGMAKER_WORKERS": workers})
    answer = console.says("run", "book.yaml", "--as-of", AFTER_THE_SHIFT, "--json", before=_on(cores))
    assert answer.code == 0, answer.err
    document = answer.document
    key = (console.home / "keys" / "signing.key").read_text()
    return document["version"]["version"], key, [trial["key"] for trial in document["trials"]]


def _on(cores: set[int]):
    return lambda: os.sched_setaffinity(0, cores)


def test_one_worker_on_one_core_and_two_on_all_publish_the_same_version(tmp_path: Path) -> None:
    every = os.sched_getaffinity(0)
    alone = _published(tmp_path / "alone", workers="1", cores={min(every)})
    together = _published(tmp_path / "together", workers="2", cores=every)
    assert alone[0] == together[0]
    assert alone[1] != together[1]
    assert alone[2] == together[2]
