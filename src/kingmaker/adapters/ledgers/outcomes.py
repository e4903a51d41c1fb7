"""OutcomeLedger over SQL."""

from kingmaker.adapters.ledgers.state import SqlState
from kingmaker.domain.notice import OutcomeFile


class SqlOutcomes(SqlState):
    """OutcomeLedger over SQL."""

    def add_outcomes(self, pipeline: str, *, file: str, form: str, rows: int, by: str) -> OutcomeFile:
        raise NotImplementedError

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        raise NotImplementedError
