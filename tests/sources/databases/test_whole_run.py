"""A whole run from PostgreSQL, beside one from a file with the same rows: the same trials and the same model."""

import zipfile
from pathlib import Path

import pytest
from tests.journeys.book import AFTER_THE_SHIFT, loans, write_book, write_pipeline
from tests.journeys.console import Console
from tests.sources.databases.banks import Bank


def published(folder: Path, file: str, url: str = "") -> tuple[list[str], dict[str, bytes]]:
    """Trial keys of a run, and the files of the bundle that it published."""
    pipeline = write_pipeline(folder, file=file, learners="scorecard", trials=2)
    if url:
        pipeline.write_text(pipeline.read_text().replace(f"file: {file}", "database: env:LOANS_URL\n  table: book"))
    console = Console(folder, {"LOANS_URL": url, "KINGMAKER_WORKERS": "1"})
    document = console.does("run", pipeline.name, "--as-of", AFTER_THE_SHIFT)
    assert not [path for path in console.home.rglob("*") if path.is_file() and b"correct%20horse" in path.read_bytes()]
    bundle = next(path for path in (console.home / "vault").rglob("*") if path.is_file() and zipfile.is_zipfile(path))
    with zipfile.ZipFile(bundle) as archive:
        return [trial["key"] for trial in document["trials"]], {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
@pytest.mark.journey
def test_postgresql_and_parquet_with_the_same_rows_make_the_same_model(postgres: Bank, tmp_path: Path) -> None:
    frame = loans(12_000)
    for name in ("file", "database"):
        (tmp_path / name).mkdir()
    write_book(tmp_path / "file", frame, file="loans.parquet")
    frame.write_database("book", postgres.url, if_table_exists="replace", engine="adbc")
    trials, files = published(tmp_path / "file", "loans.parquet")
    from_database, files_from_database = published(tmp_path / "database", "loans.parquet", postgres.url)
    assert trials == from_database
    assert files["model.onnx"] == files_from_database["model.onnx"]
