"""What the select stage puts out: the verdict, its evidence, and the finalist ready to be published."""

from dataclasses import dataclass
from datetime import date

import msgspec

from kingmaker.domain.evidence import Evidence
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalist:
    """The one challenger of a run, as it was tested: its trial's procedure fitted on every loan before the test window.

    `model` and `recipe` are vault digests; `parity` the largest |pd(graph) - pd(native)|; `rows` is what it was fitted on, the
    newest of them applied for on `until` (None without dates). `rehearsed` is False for the trial's own model.
    """

    trial: int
    trial_key: str
    learner: str
    model: str
    recipe: str
    calibration: Calibration
    thresholds: Thresholds
    parity: float
    rows: int | None = None
    until: date | None = None
    rehearsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refitted:
    """The finalist fitted again on all matured loans, as published: its recipe, hyperparameters and rounds are the finalist's.

    `model` is a vault digest; `rows` and `bads` are what it was fitted on, the newest of them applied for on `until` (None
    without dates).
    """

    model: str
    calibration: Calibration
    thresholds: Thresholds
    rounds: int | None
    rows: int
    bads: int
    until: date | None


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
    """`champion_turn` is the pointer's position the verdict was reached against (0: nobody in force).

    `finalist` stays what was tested, whatever is published; `refitted` is None unless its refit is.
    """

    verdict: Verdict
    evidence: Evidence | None
    finalist: Finalist | None
    ranking: tuple[Ranked, ...]
    champion_turn: int
    refitted: Refitted | None = None


def selection_to_json(selection: Selection) -> bytes:
    """Raises msgspec.ValidationError rather than write what could not be read again, such as NaN where a number belongs."""
    data = msgspec.json.encode(selection, order="deterministic")
    selection_from_json(data)
    return data


def selection_from_json(data: bytes) -> Selection:
    """The inverse of `selection_to_json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Selection)
