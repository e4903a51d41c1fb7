"""Runs in the peer's environment: saves the booster in mlflow's own form. Argument: the folder."""

import logging
import sys
from pathlib import Path

import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models import infer_signature


def main(folder: Path) -> None:
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    booster = xgboost.Booster(model_file=str(folder / "model.ubj"))
    booster.set_param({"nthread": 1})
    rows = pd.DataFrame(np.full((2, len(booster.feature_names)), 0.5), columns=booster.feature_names)
    mlflow.xgboost.save_model(
        booster,
        str(folder / "mlflow"),
        pip_requirements=[],
        signature=infer_signature(rows, booster.predict(xgboost.DMatrix(rows))),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
