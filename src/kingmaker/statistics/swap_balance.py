"""What a swap is worth if the newly approved turn out worse than measured.

The champion declined the newly approved, so their outcomes are unknown, or those of a favourable few. Stressing their
bad rate says how wrong it may be before the swap costs bads or money.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from kingmaker.domain.verdict import SwapCell, SwapStress

MULTIPLIERS = (1.0, 1.5, 2.0)


def swap_balance(
    cells: Sequence[SwapCell],
    *,
    loss_given_default: float,
    return_on_good: float,
    multipliers: Sequence[float] = MULTIPLIERS,
) -> tuple[SwapStress, ...]:
    """The swap's balance at each multiplier of the newly approved's bad rate and bad amount, in the order given.

    A good loan earns `return_on_good` of its amount, a bad one loses `loss_given_default` of it; a stressed side is at
    most all bad. Cells must be of loans whose outcomes are all known: amounts without an outcome would count as good.
    Empty when nobody is swapped or a side has no bad rate. Raises ValueError on a negative or infinite multiplier.
    """
    if not all(isfinite(multiplier) and multiplier >= 0.0 for multiplier in multipliers):
        raise ValueError(f"multipliers must be finite and not negative: {tuple(multipliers)}")
    swap = _swap(cells, loss_given_default, return_on_good)
    return () if swap is None else tuple(swap.stressed(multiplier) for multiplier in multipliers)


def break_even(cells: Sequence[SwapCell], *, loss_given_default: float, return_on_good: float) -> float | None:
    """The multiplier from which the swap no longer pays: in profit when there are amounts, in bads otherwise.

    0.0 when it would not pay even if none of the newly approved were bad. None when it pays however bad they are, and
    when `swap_balance` has nothing to say.
    """
    swap = _swap(cells, loss_given_default, return_on_good)
    if swap is None:
        return None
    return (swap.heads if swap.money is None else swap.money).break_even()


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the swap, in loans or in money: all of it, and the bad part."""

    whole: float
    bad: float

    def worse(self, multiplier: float) -> "_Side":
        return _Side(self.whole, min(self.whole, multiplier * self.bad))


@dataclass(frozen=True, slots=True)
class _Balance:
    """Both sides in one unit, what a unit earns when it is good and what it costs when it is bad."""

    swap_in: _Side
    swap_out: _Side
    earned: float
    lost: float

    def at(self, multiplier: float) -> float:
        return self._worth(self.swap_in.worse(multiplier)) - self._worth(self.swap_out)

    def break_even(self) -> float | None:
        """The balance falls on a straight line from no bads to all bad: where it meets nothing."""
        if self.at(0.0) <= 0.0:
            return 0.0
        if self.swap_in.bad <= 0.0:
            return None
        all_bad = self.swap_in.whole / self.swap_in.bad
        best, worst = (
            self.at(0.0),
            self._worth(_Side(self.swap_in.whole, self.swap_in.whole)) - self._worth(self.swap_out),
        )
        return None if worst > 0.0 else all_bad * best / (best - worst)

    def _worth(self, side: _Side) -> float:
        return self.earned * (side.whole - side.bad) - self.lost * side.bad


@dataclass(frozen=True, slots=True)
class _Swap:
    """The balance in loans, where only a bad one counts, and in money, None without amounts."""

    heads: _Balance
    money: _Balance | None

    def stressed(self, multiplier: float) -> SwapStress:
        newly_approved = self.heads.swap_in.worse(multiplier)
        return SwapStress(
            multiplier=float(multiplier),
            swap_in_bad_rate=newly_approved.bad / newly_approved.whole,
            bads_avoided=self.heads.at(multiplier),
            profit=None if self.money is None else self.money.at(multiplier),
        )


def _swap(cells: Sequence[SwapCell], loss_given_default: float, return_on_good: float) -> _Swap | None:
    found = {cell.cell: cell for cell in cells}
    swap_in, swap_out = found.get("swap_in"), found.get("swap_out")
    heads = _sides(_heads(swap_in), _heads(swap_out))
    money = _sides(_money(swap_in), _money(swap_out))
    if heads is None:
        return None
    return _Swap(
        heads=_Balance(*heads, earned=0.0, lost=1.0),
        money=None if money is None else _Balance(*money, earned=return_on_good, lost=loss_given_default),
    )


def _sides(swap_in: _Side | None, swap_out: _Side | None) -> tuple[_Side, _Side] | None:
    return None if swap_in is None or swap_out is None else (swap_in, swap_out)


def _heads(cell: SwapCell | None) -> _Side | None:
    return (
        None if cell is None or cell.bad_rate is None or not cell.rows else _Side(cell.rows, cell.rows * cell.bad_rate)
    )


def _money(cell: SwapCell | None) -> _Side | None:
    return (
        None if cell is None or cell.amount is None or cell.bad_amount is None else _Side(cell.amount, cell.bad_amount)
    )
