"""The trial behind a finalist."""

from kingmaker.domain.errors import NotFound
from kingmaker.domain.trial import Trial
from kingmaker.loop.selection import Finalist
from kingmaker.ports.ledger import Ledger


def trial_of(ledger: Ledger, finalist: Finalist) -> Trial:
    """As the ledger keeps it. Raises NotFound."""
    trial = ledger.trial(finalist.trial_key)
    if trial is None:
        raise NotFound(f"the ledger has no trial {finalist.trial_key[:12]}", remedy="Run `kingmaker audit verify`.")
    return trial
