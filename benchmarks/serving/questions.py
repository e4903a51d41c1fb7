"""The rows that contenders are asked about, and the pds that xgboost itself gives them."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

BATCH, BATCHES = 100, 20
SINGLES = 256
_FILE = "questions.json"

Row = dict[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """`rows[i]` are named features, None where missing; `pds[i]` is xgboost's answer."""

    rows: tuple[Row, ...]
    pds: tuple[float, ...]

    def singles(self) -> list[tuple[list[Row], list[float]]]:
        """Questions of one row, with their answers."""
        return [([row], [pd]) for row, pd in zip(self.rows[:SINGLES], self.pds[:SINGLES], strict=True)]

    def batches(self) -> list[tuple[list[Row], list[float]]]:
        """Questions of `BATCH` rows, with their answers."""
        starts = range(0, len(self.rows), BATCH)
        return [(list(self.rows[start : start + BATCH]), list(self.pds[start : start + BATCH])) for start in starts]


def save_questions(
    folder: Path, columns: Sequence[str], values: Iterable[Iterable[float]], pds: Iterable[float]
) -> None:
    rows = [
        {name: None if math.isnan(value) else float(value) for name, value in zip(columns, row, strict=True)}
        for row in values
    ]
    (folder / _FILE).write_text(json.dumps({"rows": rows, "pds": [float(pd) for pd in pds]}), encoding="utf-8")


def load_questions(folder: Path) -> Questions:
    told = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return Questions(rows=tuple(told["rows"]), pds=tuple(told["pds"]))
