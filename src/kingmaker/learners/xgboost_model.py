"""A fitted XGBoost model: the booster answers natively, its JSON is read into trees for the graph."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xgboost
from numpy.typing import NDArray

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import TreesForm
from kingmaker.learners.canonical import Integers, check_numbered, check_width, unsorted_columns
from kingmaker.learners.xgboost_trees import read_trees_form
from kingmaker.ports.learner import Floats

UBJ_OBJECT = b"{L"
FLOAT32_LIMIT = float(np.finfo(np.float32).max)


def matrix(
    values: Floats, names: Sequence[str], *, bad: Floats | None = None, weight: Floats | None = None
) -> xgboost.DMatrix:
    """Rows for XGBoost, which rounds them to float32 and refuses infinities.

    Beyond the float32 range values are pulled in to its limits: no threshold lies outside, so every split goes the same way.
    """
    within = np.clip(values, -FLOAT32_LIMIT, FLOAT32_LIMIT)
    return xgboost.DMatrix(within, label=bad, weight=weight, feature_names=list(names), nthread=1)


@dataclass(frozen=True)
class XGBoostFitted:
    """See `kingmaker.ports.learner.Fitted`. The booster's columns are named after their place among the recipe's outputs."""

    data: bytes
    booster: xgboost.Booster
    names: tuple[str, ...]

    @classmethod
    def read(cls, data: bytes) -> "XGBoostFitted":
        """Load the UBJ file. Raises GraphUnsupported when it is not one of ours."""
        booster = xgboost.Booster({"nthread": 1})
        try:
            # XGBoost ends the whole process over an empty file, so it sees only what begins as UBJ does.
            booster.load_model(bytearray(data if data.startswith(UBJ_OBJECT) else b"{}"))
        except xgboost.core.XGBoostError as error:
            raise GraphUnsupported("the file is not an XGBoost model", remedy="Restore it from the vault.") from error
        names = tuple(booster.feature_names or ())
        check_numbered(names, booster.num_features())
        return cls(data, booster, names)

    @property
    def rounds(self) -> int | None:
        return int(self.booster.num_boosted_rounds())

    @property
    def used_outputs(self) -> tuple[int, ...]:
        return self._form.used

    def margin(self, values: Floats) -> Floats:
        answer: NDArray[np.float32] = self.booster.predict(self._matrix(values), output_margin=True)
        return answer.astype(np.float64)

    def form(self) -> TreesForm:
        return self._form

    def contributions(self, values: Floats) -> Floats:
        """Exact TreeSHAP (Lundberg et al. 2020) in float32: sums to the margin within some 1e-5."""
        answer: NDArray[np.float32] = self.booster.predict(self._matrix(values), pred_contribs=True)
        return unsorted_columns(answer.astype(np.float64), self._order)

    def to_bytes(self) -> bytes:
        return self.data

    @cached_property
    def _order(self) -> Integers:
        return np.array([int(name.removeprefix("output_")) for name in self.names], dtype=np.int64)

    @cached_property
    def _form(self) -> TreesForm:
        return read_trees_form(json.loads(bytes(self.booster.save_raw("json"))), self._order)

    def _matrix(self, values: Floats) -> xgboost.DMatrix:
        check_width(values, len(self.names))
        return matrix(values[:, self._order], self.names)
