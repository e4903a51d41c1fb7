"""What the report is rendered from: domain records only, so that the same facts always give the same page."""

from dataclasses import dataclass

from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.evidence import Evidence
from kingmaker.domain.run import LineageEntry, Run, StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.thresholds import Calibration, Thresholds
from kingmaker.domain.trial import Fault, Trial
from kingmaker.domain.verdict import Verdict
from kingmaker.loop.records import RunAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """Everything one report shows. None or empty means that the run did not get so far, or that nobody was in force.

    `thresholds` and `calibration` are the challenger's as it was tested, `published_thresholds` those of its refit where that
    was published. `champion` is the turn that was in force when the run decided,
    `history` all turns, oldest first. `amount_column` names the unit of money figures; the ledger knows no currency.
    `command` repeats the run; when empty it is derived from the request.
    """

    run: Run
    snapshot: Snapshot | None
    stages: tuple[StageRecord, ...]
    trials: tuple[Trial, ...]
    faults: tuple[Fault, ...]
    verdict: Verdict | None
    evidence: Evidence | None
    thresholds: Thresholds | None
    calibration: Calibration | None
    champion_thresholds: Thresholds | None = None
    published_thresholds: Thresholds | None = None
    champion: ChampionTurn | None = None
    history: tuple[ChampionTurn, ...] = ()
    lineage: tuple[LineageEntry, ...] = ()
    amount_column: str | None = None
    command: str = ""
    forgotten: str = ""
    """One sentence when the run's files are no longer kept."""

    def reproduce(self) -> str:
        """The command line that repeats the run: same declaration, same as-of date, same answer."""
        request = self.run.request
        return self.command or f"kingmaker run {request.declared_in} --as-of {request.as_of.isoformat()}"

    def chosen_trial(self) -> Trial | None:
        """The challenger's trial, None when no finalist was chosen."""
        number = self.verdict.challenger_trial if self.verdict else None
        return next((trial for trial in self.trials if trial.spec.number == number), None)


def facts_of(account: RunAccount) -> ReportFacts:
    """The account of a run as its report wants it."""
    finalist = account.selection.finalist if account.selection else None
    refitted = account.selection.refitted if account.selection else None
    turns = [turn for turn in account.history if turn.since < (account.run.ended_at or account.run.started_at)]
    return ReportFacts(
        run=account.run,
        snapshot=account.snapshot,
        stages=account.stages,
        trials=account.trials,
        faults=account.faults,
        verdict=account.verdict,
        evidence=account.selection.evidence if account.selection else None,
        thresholds=finalist.thresholds if finalist else None,
        published_thresholds=refitted.thresholds if refitted else None,
        calibration=finalist.calibration if finalist else None,
        champion_thresholds=account.champion_thresholds,
        champion=turns[-1] if turns else None,
        history=account.history,
        lineage=account.lineage,
        amount_column=account.amount_column,
        forgotten=account.forgotten,
    )
