"""Runs in the peer's environment: a BentoML service of one worker."""

import os

import bentoml
import numpy as np
import xgboost


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Applicants:
    def __init__(self) -> None:
        self.booster = xgboost.Booster(model_file=os.environ["MODEL"])
        self.booster.set_param({"nthread": 1})
        self.columns = self.booster.feature_names

    @bentoml.api
    def score(self, rows: list[dict[str, float | None]]) -> list[float]:
        values = np.array([[row.get(name) for name in self.columns] for row in rows], dtype=np.float32)
        return self.booster.predict(xgboost.DMatrix(values, feature_names=self.columns)).tolist()
