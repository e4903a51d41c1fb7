"""Contender, in the peers' environment: mlflow.pyfunc and pandas. Arguments as for `scoring_ours`."""

import logging
import sys
from pathlib import Path

import mlflow.pyfunc
import mlflow.xgboost
import pandas as pd
import xgboost
from benchmarks.stopwatch import Stopwatch


def main(folder: Path, rows: int, destination: Path) -> None:
    watch = Stopwatch()
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    if not (folder / "mlflow").exists():
        mlflow.xgboost.save_model(
            xgboost.Booster(model_file=str(folder / "model.ubj")), str(folder / "mlflow"), pip_requirements=[]
        )
    model = mlflow.pyfunc.load_model(str(folder / "mlflow"))
    with watch.part("score"):
        applicants = pd.read_parquet(folder / f"applicants_{rows}.parquet")
        predicted = model.predict(applicants.drop(columns="application"))
        scored = pd.DataFrame({"application": applicants["application"], "pd": predicted})
        scored.to_parquet(destination)
    watch.tell(rows=len(scored), mean=float(scored["pd"].mean()))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
