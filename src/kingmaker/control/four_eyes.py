"""Four eyes: whoever asked for a run does not put its version in force."""

from kingmaker.domain.access import Principal
from kingmaker.domain.errors import Forbidden
from kingmaker.domain.run import Run


def refuse_own(who: Principal, run: Run) -> None:
    """Raises Forbidden when `who` asked for the run.

    The house's owner holds ledger and keys in hand, so nothing is kept from them. What a schedule asked for is nobody's own.
    """
    if run.request.requested_by == who.name and not who.is_owner:
        raise Forbidden(
            f"{who.name} asked for run {run.number}, and whoever asked does not decide",
            where=f"run {run.number}",
            remedy="Let another approver decide about it.",
        )
