"""An application has one answer, whether it comes in a file to `kingmaker score` or as JSON to the endpoint."""

from pathlib import Path

import msgspec
import polars as pl
from tests.endpoint.hosting import Made, Running

from kingmaker.loop.score import ScoreOptions, score_file

COLUMNS = {
    "loan": [f"L{number}" for number in range(400)],
    "amount": [None if number % 9 == 0 else (number - 50) * 1.37 for number in range(400)],
    "term": [None if number % 11 == 0 else number % 60 for number in range(400)],
    "purpose": [("car", "1", "True", "boat", None, "1.0", "01", "nan")[number % 8] for number in range(400)],
}


def file_answers(made: Made, source: Path, folder: Path) -> list[dict[str, object]]:
    destination = folder / "scores.parquet"
    score_file(made[0].bundle, source, destination, keep=["loan"], options=ScoreOptions(threads=1, batch_rows=37))
    scored = pl.read_parquet(destination).rename({"loan": "id", "model_version": "version"})
    return scored.select("pd", "score", "grade", "decision", "version", "id").to_dicts()


def test_a_file_and_a_request_of_the_same_rows_are_answered_alike(
    endpoint: Running, champion: Made, tmp_path: Path
) -> None:
    table = pl.DataFrame(COLUMNS)
    table.write_parquet(tmp_path / "rows.parquet")
    table.write_csv(tmp_path / "rows.csv")
    answers = endpoint.post("/score", table.to_dicts()).json
    assert answers == file_answers(champion, tmp_path / "rows.parquet", tmp_path)
    assert answers == file_answers(champion, tmp_path / "rows.csv", tmp_path)
    assert answers == [endpoint.post("/score", row).json for row in table.to_dicts()]


def test_numbers_sent_as_text_are_the_same_numbers(endpoint: Running) -> None:
    rows = pl.DataFrame(COLUMNS).to_dicts()
    spelt = [{name: None if value is None else str(value) for name, value in row.items()} for row in rows]
    assert endpoint.post("/score", spelt).body == endpoint.post("/score", rows).body
    assert msgspec.json.decode(endpoint.post("/score", spelt).body)
