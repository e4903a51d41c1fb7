"""Runs in the peer's environment: the server that most teams write around a booster."""

import os

import numpy as np
import xgboost
from fastapi import FastAPI
from pydantic import BaseModel, create_model

BOOSTER = xgboost.Booster(model_file=os.environ["MODEL"])
BOOSTER.set_param({"nthread": 1})
COLUMNS = BOOSTER.feature_names

Applicant = create_model("Applicant", **dict.fromkeys(COLUMNS, (float | None, None)))


class Answer(BaseModel):
    pd: float


def predicted(applicants: list[BaseModel]) -> list[float]:
    values = np.array([[getattr(one, name) for name in COLUMNS] for one in applicants], dtype=np.float32)
    return BOOSTER.predict(xgboost.DMatrix(values, feature_names=COLUMNS)).tolist()


app = FastAPI()


@app.post("/score")
async def score(applicant: Applicant) -> Answer:
    return Answer(pd=predicted([applicant])[0])


@app.post("/scores")
async def scores(applicants: list[Applicant]) -> list[Answer]:
    return [Answer(pd=pd) for pd in predicted(applicants)]
