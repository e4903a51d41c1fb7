"""G4, calibration: does a pd of five per cent mean five in a hundred, and do worse grades lose more?"""

from dataclasses import dataclass
from itertools import combinations
from math import log, sqrt

from kingmaker.domain.thresholds import Thresholds
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.gates.outcome import Z_ONE_SIDED_95, gate_of, limited, not_judged, percent_text
from kingmaker.loop.judging.judged import Floats, Integers
from kingmaker.pipeline.declaration import Gates
from kingmaker.statistics.calibration import brier, calibration_slope, mean_error, mean_error_spread
from kingmaker.statistics.grades import grade_rows


def calibration_gates(
    limits: Gates, bad: Floats, pd: Floats, pd_of_champion: Floats | None, *, window: str
) -> tuple[Gate, ...]:
    """Slope, mean and Brier on one window. A limit is broken only when it is exceeded beyond chance, one-sided at 95 %.

    With a champion, being no worse than it beyond chance is always enough, in slope, in mean, or in the Brier score, which
    measures both: a book whose bad rate moves makes every model miss them, and keeping the older one would not help.
    """
    champion = None if pd_of_champion is None else _rival(limits, bad, pd, pd_of_champion)
    return (
        _slope(limits, bad, pd, champion, window),
        _mean(limits, bad, pd, champion, window),
        _brier(limits, bad, pd, pd_of_champion, window),
    )


@dataclass(frozen=True, slots=True)
class _Rival:
    """The champion beside the challenger; `closer`: the challenger's pds are nearer to what came true.

    Being nearer than a champion that ranks backwards is no merit.
    """

    slope: float
    mean_error: float
    closer: bool


def _rival(limits: Gates, bad: Floats, pd: Floats, pd_of_champion: Floats) -> _Rival:
    slope, loss = calibration_slope(pd_of_champion, bad).slope, _brier_loss(bad, pd, pd_of_champion)
    return _Rival(
        slope=slope,
        mean_error=mean_error(pd_of_champion, bad),
        closer=slope > 0.0 and loss.mean <= 0.0 and loss.upper <= limits.max_brier_loss,
    )


@dataclass(frozen=True, slots=True)
class _BrierLoss:
    """Mean rise of the Brier score above the champion's, and its upper 95 % bound."""

    mean: float
    upper: float


def _brier_loss(bad: Floats, pd: Floats, pd_of_champion: Floats) -> _BrierLoss:
    losses = (pd - bad) ** 2 - (pd_of_champion - bad) ** 2
    mean = float(losses.mean())
    return _BrierLoss(mean, mean + Z_ONE_SIDED_95 * float(losses.std(ddof=1)) / sqrt(len(losses)))


def _slope(limits: Gates, bad: Floats, pd: Floats, champion: _Rival | None, window: str) -> Gate:
    low, high = limits.calibration_slope
    mine = calibration_slope(pd, bad)
    slope, chance = mine.slope, Z_ONE_SIDED_95 * mine.standard_error
    sound = low - chance <= slope <= high + chance
    if champion is not None and slope > 0.0:
        sound = sound or champion.closer or _from_one(slope) <= _from_one(champion.slope) + chance / slope
    sentence = (
        f"Calibration slope {slope:.2f} on the {window} window; {low:.2f} to {high:.2f} is allowed, ± {chance:.2f} for "
        f"chance{', or no worse than the champion in slope or Brier score' if champion is not None else ''}."
    )
    outcome = GateOutcome.PASSED if sound else GateOutcome.FAILED
    limit = high + chance if slope >= 1.0 else low - chance
    return gate_of(f"G4.slope.{window}", slope, limit, outcome, sentence)


def _from_one(slope: float) -> float:
    """How far a slope is from 1, twice as steep being as far as half as steep; NaN, which equals nothing, at or below 0."""
    return abs(log(slope)) if slope > 0.0 else float("nan")


def _mean(limits: Gates, bad: Floats, pd: Floats, champion: _Rival | None, window: str) -> Gate:
    error = mean_error(pd, bad)
    chance = Z_ONE_SIDED_95 * mean_error_spread(pd, bad)
    theirs = abs(champion.mean_error) if champion is not None else 0.0
    allowed = max(limits.max_calibration_error, theirs) + chance
    sentence = (
        f"Mean pd {percent_text(float(pd.mean()), 2)} against a bad rate of {percent_text(float(bad.mean()), 2)} on the "
        f"{window} window: {100 * error:+.0f} %; at most {100 * allowed:.0f} % is allowed ({100 * chance:.0f} for chance)."
    )
    if champion is not None and champion.closer:
        sentence = f"{sentence[:-1]}, or a Brier score no worse than the champion's."
        allowed = max(allowed, abs(error))
    return limited(f"G4.mean.{window}", abs(error), allowed, sentence)


def _brier(limits: Gates, bad: Floats, pd: Floats, pd_of_champion: Floats | None, window: str) -> Gate:
    code = f"G4.brier.{window}"
    if pd_of_champion is None:
        return not_judged(code, f"Brier score {brier(pd, bad):.4f}; no champion to compare it with.")
    found = _brier_loss(bad, pd, pd_of_champion)
    sentence = (
        f"The Brier score is {found.mean:+.5f} against the champion's, at most {found.upper:+.5f} with 95 % confidence; "
        f"{limits.max_brier_loss:+.4f} is allowed."
    )
    return limited(code, found.upper, limits.max_brier_loss, sentence)


def grade_gate(thresholds: Thresholds, score: Integers, bad: Floats, pd: Floats, *, window: str) -> Gate:
    """No grade may lose less than a better one beyond chance: no two 95 % intervals may lie in the wrong order."""
    code = f"G4.grades.{window}"
    rows = [row for row in grade_rows(thresholds, score, bad, pd) if row.rows]
    inverted = [(better, worse) for better, worse in combinations(rows, 2) if worse.high < better.low]
    rates = ", ".join(f"{row.name} {percent_text(row.bad_rate)}" for row in rows)
    sentence = f"Bad rates by grade on the {window} window: {rates}; worse grades must not lose less."
    return limited(code, float(len(inverted)), 0.0, sentence)
