"""The ledger: the database of record, in seven small ports. Every method is one short transaction."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from kingmaker.domain.champion import AuditEntry, ChampionTurn, ModelVersion, TurnReason
from kingmaker.domain.companions import CompanionChange
from kingmaker.domain.look import BudgetReset, Look
from kingmaker.domain.run import Lease, Request, Run, RunReason, Stage, StageRecord
from kingmaker.domain.trial import Fault, Trial, TrialOrder, TrialPage
from kingmaker.domain.verdict import RecordedVerdict, Verdict
from kingmaker.ports.centre_ledger import CentreLedger


class RunLedger(Protocol):
    """Runs advance only under a lease; a write with a stale token raises LeaseLost and changes nothing."""

    def open_run(self, request: Request, holder: str) -> tuple[Run, Lease]:
        """Take the unfinished run with this request's key, or start one, and lease it to `holder`.

        An unfinished run of the pipeline with another key is abandoned (superseded) when nobody holds its lease.
        Raises RunRefused, naming holder and run, while another live holder works on any run of the pipeline.
        """

    def resume_run(self, number: int, holder: str) -> tuple[Run, Lease]:
        """Lease an unfinished run again. Raises NotFound, or RunRefused when it is over or another live holder has it."""

    def renew(self, lease: Lease) -> Lease: ...

    def release(self, lease: Lease) -> None:
        """Give the lease back; the run stays unfinished and may be taken at once. Harmless when the lease is lost."""

    def record_stage(self, lease: Lease, record: StageRecord) -> None: ...

    def finish_run(self, lease: Lease, reason: RunReason, *, detail: str = "") -> Run:
        """End the run and give the lease back."""

    def run(self, number: int) -> Run:
        """Raises NotFound."""

    def runs(self, pipeline: str | None = None, *, limit: int = 50) -> list[Run]:
        """Newest first."""

    def under_way(self) -> frozenset[int]:
        """Numbers of the unfinished runs that a live holder works on; the other unfinished ones wait to be resumed."""

    def stages(self, run: int) -> list[StageRecord]:
        """In the order in which they finished."""

    def stage_by_key(self, stage: Stage, key: str) -> StageRecord | None:
        """The newest record of any run that did this stage on these inputs, or None."""


class TrialLedger(Protocol):
    """Finished trials under their content key: a trial is recorded once, whichever run asked for it."""

    def record_trial(self, lease: Lease, trial: Trial) -> None:
        """Store a finished trial and that this run used it. Recording the same key again only adds the use."""

    def trial(self, key: str) -> Trial | None: ...

    def use_trial(self, lease: Lease, key: str) -> None:
        """Say that this run used a trial an earlier one had recorded."""

    def trials(self, run: int) -> list[Trial]:
        """By trial number."""

    def page_of_trials(
        self,
        run: int,
        *,
        order: TrialOrder = TrialOrder.NUMBER,
        falling: bool = False,
        learner: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> TrialPage:
        """`limit` of the run's trials after the first `skip`, of one learner or of all; those without a value come last."""

    def record_fault(self, lease: Lease, fault: Fault) -> None: ...

    def faults(self, run: int) -> list[Fault]: ...


class ChampionLedger(Protocol):
    """Published versions and the champion pointer, moved by compare-and-swap with its whole history kept."""

    def add_version(self, lease: Lease, version: ModelVersion) -> None:
        """Idempotent by (version, pipeline)."""

    def versions(self, pipeline: str) -> list[ModelVersion]:
        """Newest first."""

    def version(self, pipeline: str, prefix: str) -> ModelVersion:
        """By full digest or a unique prefix of at least 6 digits. Raises NotFound, saying when the prefix is ambiguous."""

    def champion(self, pipeline: str, *, at: datetime | None = None) -> ChampionTurn | None:
        """Who is (was) in force. None when there is (was) none."""

    def crown(
        self, pipeline: str, version: str, *, expected_turn: int, reason: TurnReason, by: str, why: str
    ) -> ChampionTurn:
        """Move the pointer if it still stands at `expected_turn` (0: no champion yet), with its audit entry.

        Raises NotFound for a version that was never added.

        Crowning the version that already stands at `expected_turn + 1` for the same reason and why is answered with that
        turn (a repeat after a crash). Otherwise raises ChampionMoved.
        """

    def history(self, pipeline: str) -> list[ChampionTurn]:
        """Oldest first."""

    def pipelines(self) -> Sequence[str]:
        """Names of all pipelines that ever ran."""


class CompanionLedger(Protocol):
    """Shadows and a canary beside each champion, with their whole history kept."""

    def accompany(
        self,
        pipeline: str,
        *,
        shadows: Sequence[str],
        canary: tuple[str, float] | None,
        expected: int,
        by: str,
        why: str,
    ) -> CompanionChange:
        """Put these in place of the companions there are, if their newest change is still number `expected` (0: none yet).

        `canary` is a version and its share, in (0, 1). Writes its audit entry. Raises ChampionMoved when somebody else
        changed them, NotFound without a champion or for a version that was never added, RunRefused for the champion itself.
        A version that is crowned leaves the companions by itself, which is a change too.
        """

    def companions(self, pipeline: str) -> CompanionChange | None:
        """The newest change: who accompanies the champion now. None when nobody ever did."""

    def companion_changes(self, pipeline: str) -> list[CompanionChange]:
        """Oldest first."""


class VerdictLedger(Protocol):
    """What each run decided, and what a person decided about a challenger that was held."""

    def record_verdict(
        self, lease: Lease, verdict: Verdict, *, evidence: str, candidate_version: str | None
    ) -> RecordedVerdict:
        """Store the verdict of the lease's run with the vault digest of its evidence, and its audit entry.

        Recording the same again is harmless; another one replaces it (a stage done again) until it is settled, after
        which RunRefused is raised.
        """

    def verdict(self, run: int) -> RecordedVerdict | None:
        """None while the run has not decided."""

    def verdicts(
        self, pipeline: str, *, limit: int = 50, before: int | None = None
    ) -> list[tuple[Run, RecordedVerdict]]:
        """Newest run first, of those that have decided, with a number below `before`."""

    def settle(self, run: int, *, approved: bool, by: str, why: str) -> RecordedVerdict:
        """Approve or refuse a held challenger, once, with its audit entry. It moves no champion: crown does.

        Settling again in the same way, by the same person for the same why, is answered with what is stored (a repeat
        after a crash). Raises NotFound without a verdict, and RunRefused when the verdict is not HOLD, is settled, or
        has no candidate to approve.
        """


class BudgetLedger(Protocol):
    """Which looks at test windows were taken, and at what level: what bounds false promotions in a year."""

    def open_look(
        self, lease: Lease, *, as_of: date, artefact: str, champion: str, alpha: float, confirms: int | None = None
    ) -> Look:
        """Write down that the lease's run opens the test window now, with its audit entry.

        A run looks once: asked again, it is answered with the look that is written down, whatever it asks for.
        """

    def looks(self, pipeline: str) -> list[Look]:
        """Every look ever taken, oldest first."""

    def reset_budget(self, pipeline: str, *, as_of: date, by: str, why: str) -> BudgetReset:
        """Write the spent budget off, with its audit entry. Raises NotFound for a pipeline that never ran."""

    def budget_resets(self, pipeline: str) -> list[BudgetReset]:
        """Oldest first."""


class AuditLedger(Protocol):
    """The hash-chained audit log."""

    def note(self, *, by: str, action: str, subject: str, before: str, after: str, why: str) -> AuditEntry: ...

    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        pipelines: Collection[str] | None = None,
    ) -> list[AuditEntry]:
        """Newest first, with a number below `before`; `by` whom, of actions and subjects that begin so.

        With `pipelines` only what is about one of these: their runs and requests, champions, schedules, …
        """

    def verify_audit(self) -> int:
        """Entries proven, from the first to the last, and every row they vouch for.

        Raises TamperFound naming the first entry, or else the first row, that does not fit.
        """


class Ledger(
    RunLedger,
    TrialLedger,
    ChampionLedger,
    CompanionLedger,
    VerdictLedger,
    BudgetLedger,
    AuditLedger,
    CentreLedger,
    Protocol,
):
    """The database of record. Safe for several processes; one object may be used from several threads."""

    def close(self) -> None: ...
