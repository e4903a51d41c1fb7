"""A fitted LightGBM model: the booster answers natively, its text is read into trees for the graph."""

from dataclasses import dataclass
from functools import cached_property

import lightgbm
import numpy as np

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import TreesForm
from kingmaker.learners.canonical import Integers, check_numbered, check_width, unsorted_columns
from kingmaker.learners.lightgbm_trees import read_trees_form
from kingmaker.ports.learner import Floats


@dataclass(frozen=True)
class LightGBMFitted:
    """See `kingmaker.ports.learner.Fitted`. The booster's columns are named after their place among the recipe's outputs.

    A value missing at scoring in a column that had none missing in training counts as 0, as LightGBM has it.
    """

    data: bytes
    booster: lightgbm.Booster
    names: tuple[str, ...]

    @classmethod
    def read(cls, data: bytes) -> "LightGBMFitted":
        """Load the text file. Raises GraphUnsupported when it is not one of ours."""
        try:
            booster = lightgbm.Booster(model_str=data.decode())
        except (lightgbm.basic.LightGBMError, UnicodeDecodeError) as error:
            raise GraphUnsupported("the file is not a LightGBM model", remedy="Restore it from the vault.") from error
        names = tuple(booster.feature_name())
        check_numbered(names, len(names))
        return cls(data, booster, names)

    @property
    def rounds(self) -> int | None:
        return int(self.booster.current_iteration())

    @property
    def used_outputs(self) -> tuple[int, ...]:
        return self._form.used

    def margin(self, values: Floats) -> Floats:
        return np.asarray(self.booster.predict(self._sorted(values), raw_score=True, num_threads=1), dtype=np.float64)

    def form(self) -> TreesForm:
        return self._form

    def contributions(self, values: Floats) -> Floats:
        """Exact TreeSHAP (Lundberg et al. 2020)."""
        answer = self.booster.predict(self._sorted(values), pred_contrib=True, num_threads=1)
        return unsorted_columns(np.asarray(answer, dtype=np.float64), self._order)

    def to_bytes(self) -> bytes:
        return self.data

    @cached_property
    def _order(self) -> Integers:
        return np.array([int(name.removeprefix("output_")) for name in self.names], dtype=np.int64)

    @cached_property
    def _form(self) -> TreesForm:
        return read_trees_form(self.data.decode(), self._order)

    def _sorted(self, values: Floats) -> Floats:
        check_width(values, len(self.names))
        return np.ascontiguousarray(values[:, self._order], dtype=np.float64)
