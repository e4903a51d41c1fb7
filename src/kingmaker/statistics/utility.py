"""What trials are ranked by, and which of them cannot be told apart."""

from collections.abc import Sequence

import numpy as np

GAP_TOLERATED = 0.02
GAP_PENALTY = 0.5
PSI_TOLERATED = 0.10
PSI_PENALTY = 0.1


def selection_utility(*, false_kill: float, gap: float, psi: float) -> float:
    """Minus the weighted false kill around the approval rate, minus penalties; higher is better.

    `gap` is holdout AUC - selection AUC, free up to .02; `psi` the bias-corrected score PSI, free up to .10.
    Raises ValueError on NaN, which must never win a ranking.
    """
    utility = -false_kill - GAP_PENALTY * max(0.0, gap - GAP_TOLERATED) - PSI_PENALTY * max(0.0, psi - PSI_TOLERATED)
    if not np.isfinite([false_kill, gap, psi]).all():
        raise ValueError(f"a utility needs finite numbers, not false kill {false_kill}, gap {gap}, psi {psi}")
    return utility


def tied_with_best(
    utilities: Sequence[float], standard_errors: Sequence[float], keys: Sequence[tuple[object, ...]]
) -> tuple[int, ...]:
    """Positions of all trials within one standard error (the best trial's) of the best utility, by ascending key.

    The first position is the finalist: put what should decide a tie into the key, the simplest model smallest, and end
    it with a digest so that no two keys are equal. Raises ValueError when there is nothing to rank or a number is NaN.
    """
    utility = np.asarray(utilities, dtype=np.float64)
    error = np.asarray(standard_errors, dtype=np.float64)
    if utility.size == 0 or utility.shape != error.shape or utility.size != len(keys):
        raise ValueError("ranking needs at least one trial, with one utility, standard error and key each")
    if not (np.isfinite(utility).all() and np.isfinite(error).all()):
        raise ValueError("utilities and standard errors must be finite to be ranked")
    leader = int(np.argmax(utility))
    tied = np.flatnonzero(utility >= utility[leader] - error[leader])
    return tuple(sorted((int(i) for i in tied), key=lambda i: keys[i]))
