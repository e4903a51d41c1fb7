"""G0, the data: is the book that the challenger learnt from still the book we know?"""

import numpy as np

from kingmaker.domain.snapshot import Window, WindowBasis, WindowCount
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.outcome import auc_text, limited, not_judged, percent_text
from kingmaker.loop.judging.judged import Floats, Integers
from kingmaker.statistics.discrimination import auc

MONTHS_OF_MEMORY = 12


def data_gates(bench: Bench) -> tuple[Gate, ...]:
    """The gates that no candidate can influence."""
    if bench.snapshot.basis is WindowBasis.RANDOM:
        why = "cannot be judged without application dates"
        return (not_judged("G0.volume", f"Volume {why}."), not_judged("G0.bad_rate", f"Drift of the bad rate {why}."))
    return _volume(bench), _bad_rate(bench)


def _volume(bench: Bench) -> Gate:
    limit = bench.pipeline.policy.gates.max_volume_change
    newest, before = (_per_day(bench.snapshot.window(window)) for window in (Window.TEST, Window.SELECTION))
    change = newest / before - 1.0 if before else float("nan")
    sentence = (
        f"{newest:.1f} matured applications a day in the newest window against {before:.1f} in the one before "
        f"({100 * change:+.0f} %); more than ±{100 * limit:.0f} % waits for a person."
    )
    return limited("G0.volume", abs(change), limit, sentence, over=GateOutcome.HELD)


def _per_day(count: WindowCount) -> float:
    if count.first is None or count.last is None:
        return float("nan")
    return count.rows / ((count.last - count.first).days + 1)


def _bad_rate(bench: Bench) -> Gate:
    """Distance of the selection window's bad rate from the months before it, in their own standard deviations."""
    limit = bench.pipeline.policy.gates.max_bad_rate_sigma
    selection, calibration = bench.rows[Window.SELECTION], bench.rows[Window.CALIBRATION]
    train = bench.rows[Window.TRAIN]
    months, rates, rows = monthly_rates(
        np.concatenate([train.month, calibration.month]), np.concatenate([train.bad, calibration.bad])
    )
    recent = months >= months.max() - MONTHS_OF_MEMORY + 1
    rate = selection.bads / selection.count
    mean = float(np.average(rates[recent], weights=rows[recent]))
    between = float(np.average((rates[recent] - mean) ** 2, weights=rows[recent]))
    sigma = np.sqrt(between + mean * (1.0 - mean) / selection.count)
    distance = abs(rate - mean) / sigma if sigma > 0 else float("nan")
    sentence = (
        f"The bad rate of the selection window is {percent_text(rate, 2)}, {distance:.1f} standard deviations of its "
        f"monthly course from the {percent_text(mean, 2)} of the {int(recent.sum())} months before; "
        f"more than {limit:g} waits for a person."
    )
    return limited("G0.bad_rate", distance, limit, sentence, over=GateOutcome.HELD)


def monthly_rates(month: Integers, bad: Floats) -> tuple[Integers, Floats, Floats]:
    """Months in order, their bad rates, and their rows."""
    months, codes = np.unique(month, return_inverse=True)
    rows = np.bincount(codes).astype(np.float64)
    return months, np.bincount(codes, weights=bad) / rows, rows


def jump_gate(bench: Bench, candidate: Candidate) -> Gate:
    """A challenger far better than the champion is likelier to have seen the outcome than to be that good."""
    limit = bench.pipeline.policy.gates.max_auc_jump
    if bench.incumbent is None:
        return not_judged("G0.auc_jump", "No champion yet: a sudden jump of the AUC cannot be seen.")
    rows = bench.rows[Window.SELECTION]
    mine = auc(rows.bad, candidate.margins[Window.SELECTION])
    theirs = auc(rows.bad, bench.incumbent.pds[Window.SELECTION])
    sentence = (
        f"AUC {auc_text(mine)} against the champion's {auc_text(theirs)} on the selection window; a jump of more than "
        f"{limit:g} looks like a leak and waits for a person."
    )
    return limited("G0.auc_jump", mine - theirs, limit, sentence, over=GateOutcome.HELD)
