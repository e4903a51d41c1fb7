"""G0, the data: is the book that the challenger learnt from still the book we know?"""

import numpy as np

from kingmaker.domain.snapshot import Window, WindowBasis
from kingmaker.domain.verdict import Gate, GateOutcome
from kingmaker.loop.judging.bench import Bench, Candidate
from kingmaker.loop.judging.gates.outcome import auc_text, limited, not_judged, percent_text
from kingmaker.loop.judging.judged import Floats, Integers
from kingmaker.statistics.discrimination import auc_within

MONTHS_OF_MEMORY = 12
BLOCK_DAYS = 28
BLOCKS_OF_MEMORY = 13


def data_gates(bench: Bench) -> tuple[Gate, ...]:
    """The gates that no candidate can influence."""
    if bench.snapshot.basis is WindowBasis.RANDOM:
        why = "cannot be judged without application dates"
        return (not_judged("G0.volume", f"Volume {why}."), not_judged("G0.bad_rate", f"Drift of the bad rate {why}."))
    return _volume(bench), _bad_rate(bench)


def _volume(bench: Bench) -> Gate:
    """The newest four weeks of matured loans against those before: a broken extract loses days, a book grows over months."""
    limit = bench.pipeline.policy.gates.max_volume_change
    counts = _by_block(bench.applied_on)
    if len(counts) <= 1:
        return not_judged("G0.volume", "Less than eight weeks of loans: a change of volume cannot be seen.")
    usual = float(np.median(counts[1:]))
    change = counts[0] / usual - 1.0 if usual else float("nan")
    sentence = (
        f"{counts[0]:,} applications in the newest {BLOCK_DAYS} matured days against {usual:,.0f} in the {BLOCK_DAYS} days "
        f"that were usual in the year before ({100 * change:+.0f} %); more than ±{100 * limit:.0f} % waits for a person."
    )
    return limited("G0.volume", abs(change), limit, sentence, over=GateOutcome.HELD)


def _by_block(days: Integers) -> list[int]:
    """Loans of each whole block of days, the newest first, at most a year of them before the newest. `days` are ordinals."""
    if not days.size:
        return []
    age = days.max() - days
    blocks = min(BLOCKS_OF_MEMORY + 1, int(age.max() + 1) // BLOCK_DAYS)
    return [int(count) for count in np.bincount(age // BLOCK_DAYS, minlength=blocks)[:blocks]]


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
    """A challenger far better than everything before is likelier to have seen the outcome than to be that good.

    A champion may be old, and whatever is fresh far better: so the best trial of the run before counts as much.
    """
    limit = bench.pipeline.policy.gates.max_auc_jump
    if bench.incumbent is None:
        return not_judged("G0.auc_jump", "No champion yet: a sudden jump of the AUC cannot be seen.")
    rows = bench.rows[Window.SELECTION]
    mine = auc_within(rows.bad, candidate.margins[Window.SELECTION], rows.year)
    theirs = auc_within(rows.bad, bench.incumbent.pds[Window.SELECTION], rows.year)
    before = f", {auc_text(bench.best_before)} of the best trial of the run before" if bench.best_before else ""
    rise = mine - max(theirs, bench.best_before or 0.0)
    sentence = (
        f"AUC {auc_text(mine)} within years on the selection window, {auc_text(theirs)} of the champion{before}; a jump of "
        f"more than {limit:g} above all of them looks like a leak and waits for a person."
    )
    return limited("G0.auc_jump", rise, limit, sentence, over=GateOutcome.HELD)
