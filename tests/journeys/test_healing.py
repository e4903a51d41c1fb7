"""Files that the vault lost are made again by the next run, as far as they can be made from the source."""

import json

from tests.journeys.book import BEFORE_THE_SHIFT
from tests.journeys.console import Console


def test_a_lost_part_of_the_snapshot_or_a_lost_matrix_is_made_again(crowned: Console) -> None:
    before = crowned.does("champion")["version"]
    stages = {stage["stage"]: stage for stage in crowned.does("explain", "1")["stages"]}
    outputs = {name: json.loads(read(crowned, stages[name]["output"])) for name in ("extract", "prepare")}
    for lost in (outputs["extract"]["parts"][0], outputs["prepare"]["variants"][0]["matrix"]):
        path(crowned, lost).unlink()
        crowned.does("run", "book.yaml", "--as-of", BEFORE_THE_SHIFT)
        assert path(crowned, lost).is_file()
    assert crowned.does("champion")["version"] == before


def path(console: Console, digest: str):
    return console.home / "vault" / digest[:2] / digest[2:]


def read(console: Console, digest: str) -> bytes:
    return path(console, digest).read_bytes()
