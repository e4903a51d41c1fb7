"""The swap set: who would newly be approved and who newly declined if the challenger replaced the champion."""

import numpy as np

from kingmaker.domain.verdict import SwapCell
from kingmaker.statistics.approval import approved_at
from kingmaker.statistics.arrays import Booleans, Floats, Numbers


def swap_set(
    bad: Numbers,
    risk_champion: Numbers,
    risk_challenger: Numbers,
    approval_rate: float,
    *,
    amount: Floats | None = None,
    labelled: Booleans | None = None,
) -> tuple[SwapCell, ...]:
    """The cells both_approve, swap_in, swap_out and both_decline, both models approving the same number of applicants.

    `labelled` marks the rows whose outcome is known (default all); `bad` of the others is not looked at, they count in
    `rows`, `share` and `amount` only. `bad_rate` is None in a cell without outcomes; amounts are None without `amount`,
    a missing one (NaN) counts as nothing.
    """
    champion, challenger = approved_at(risk_champion, approval_rate), approved_at(risk_challenger, approval_rate)
    known = np.ones(champion.size, dtype=np.bool_) if labelled is None else np.asarray(labelled, dtype=np.bool_)
    is_bad = np.asarray(bad, dtype=np.float64) == 1.0
    if challenger.size != champion.size or known.size != champion.size or is_bad.size != champion.size:
        raise ValueError("a swap set needs outcomes and both models' risks for the same rows")
    cells = {
        "both_approve": champion & challenger,
        "swap_in": ~champion & challenger,
        "swap_out": champion & ~challenger,
        "both_decline": ~champion & ~challenger,
    }
    money = None if amount is None else np.nan_to_num(np.asarray(amount, dtype=np.float64))
    return tuple(_cell(name, inside, inside & known, is_bad, money) for name, inside in cells.items())


def _cell(name: str, inside: Booleans, judged: Booleans, is_bad: Booleans, amount: Floats | None) -> SwapCell:
    return SwapCell(
        cell=name,
        rows=int(inside.sum()),
        share=float(inside.mean()),
        bad_rate=float(is_bad[judged].mean()) if judged.any() else None,
        amount=None if amount is None else float(amount[inside].sum()),
        bad_amount=None if amount is None else float(amount[judged & is_bad].sum()),
    )
