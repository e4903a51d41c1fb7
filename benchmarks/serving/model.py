"""What every contender answers with and is asked: one XGBoost model, rows with gaps, and xgboost's own pds for them.

Argument: the folder. Runs in a process of its own; what exists is kept.
"""

import sys
from pathlib import Path

import numpy as np
import xgboost
from benchmarks.scoring_model import COLUMNS, make_model
from benchmarks.serving.questions import BATCH, BATCHES, save_questions
from benchmarks.serving.vault import make_vault

DIGITS = 4
MISSING = 0.08


def make(folder: Path) -> None:
    """`model.bundle` with its vault and keys, `model.ubj`, `model.json` and the questions."""
    make_model(folder)
    make_vault(folder)
    booster = xgboost.Booster(model_file=str(folder / "model.ubj"))
    booster.save_model(folder / "model.json")
    draw = np.random.default_rng(13)
    values = draw.standard_normal((BATCH * BATCHES, len(COLUMNS))).round(DIGITS)
    values[draw.random(values.shape) < MISSING] = np.nan
    pds = booster.predict(xgboost.DMatrix(values.astype(np.float32), feature_names=list(COLUMNS)))
    save_questions(folder, COLUMNS, values, pds)


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    make(where)
