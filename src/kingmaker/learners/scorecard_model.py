"""A fitted scorecard: an intercept and one coefficient for each weight of evidence, readable in its JSON file."""

import json
from dataclasses import dataclass

import numpy as np

from kingmaker.domain.errors import GraphUnsupported
from kingmaker.graph.forms import LinearForm
from kingmaker.learners.canonical import check_width
from kingmaker.ports.learner import Floats

FORMAT = "kingmaker scorecard 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardFitted:
    """See `kingmaker.ports.learner.Fitted`. `coefficients` and `means` (of the training rows) are [outputs]."""

    outputs: tuple[str, ...]
    intercept: float
    coefficients: Floats
    means: Floats

    @classmethod
    def read(cls, data: bytes) -> "ScorecardFitted":
        """Load the JSON file. Raises GraphUnsupported when it is not a scorecard."""
        try:
            told = json.loads(data)
        except ValueError:
            told = None
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise GraphUnsupported(f"the file is not a `{FORMAT}`", remedy="Restore it from the vault.")
        return cls(
            outputs=tuple(told["outputs"]),
            intercept=float(told["intercept"]),
            coefficients=np.array(told["coefficients"], dtype=np.float64),
            means=np.array(told["means"], dtype=np.float64),
        )

    @property
    def rounds(self) -> int | None:
        return None

    @property
    def used_outputs(self) -> tuple[int, ...]:
        return tuple(int(index) for index in np.flatnonzero(self.coefficients))

    def margin(self, values: Floats) -> Floats:
        check_width(values, len(self.outputs))
        return np.asarray(self.intercept + values @ self.coefficients)

    def form(self) -> LinearForm:
        averages = self.means * self.coefficients
        return LinearForm(intercept=self.intercept, coefficients=self.coefficients, averages=averages)

    def contributions(self, values: Floats) -> Floats:
        """Each product less its mean over the training rows; the baseline is the margin of the mean row."""
        check_width(values, len(self.outputs))
        terms = (values - self.means) * self.coefficients
        baseline = np.full((len(values), 1), self.intercept + self.means @ self.coefficients)
        return np.hstack([terms, baseline])

    def to_bytes(self) -> bytes:
        told = {
            "format": FORMAT,
            "intercept": self.intercept,
            "outputs": list(self.outputs),
            "coefficients": self.coefficients.tolist(),
            "means": self.means.tolist(),
        }
        return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False).encode()
