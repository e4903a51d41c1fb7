"""What the select stage puts out: the verdict, its evidence, and the finalist ready to be published."""

from dataclasses import dataclass

import msgspec

from kingmaker.domain.evidence import Evidence
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalist:
    """The one challenger of a run. `model` and `recipe` are vault digests; `parity` the largest |pd(graph) - pd(native)|."""

    trial: int
    trial_key: str
    learner: str
    model: str
    recipe: str
    calibration: Calibration
    thresholds: Thresholds
    parity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """How one fitted trial fared: `utility` after penalties, `standard_error` of its false kill, the gates it failed.

    Both numbers are None for a trial whose answers could not be ranked.
    """

    trial: int
    learner: str
    utility: float | None
    standard_error: float | None
    survived: bool
    failed_gates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """`champion_turn` is the pointer's position the verdict was reached against (0: nobody in force)."""

    verdict: Verdict
    evidence: Evidence | None
    finalist: Finalist | None
    ranking: tuple[Ranked, ...]
    champion_turn: int


def selection_to_json(selection: Selection) -> bytes:
    """Raises msgspec.ValidationError rather than write what could not be read again, such as NaN where a number belongs."""
    data = msgspec.json.encode(selection, order="deterministic")
    selection_from_json(data)
    return data


def selection_from_json(data: bytes) -> Selection:
    """The inverse of `selection_to_json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Selection)
