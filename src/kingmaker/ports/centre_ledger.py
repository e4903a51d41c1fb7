"""What the control centre keeps in the ledger: queue, schedules, declarations, access, freezes, notices, outcomes.

As in the ledger's other ports every method is one short transaction, whatever changes who may do or did what writes its audit
entry in the same one, and NotFound, Conflict and StorageFailed mean what they mean there.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from kingmaker.domain.alarm import Alarm, Crossing
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.notice import Notice, Occurrence, OutcomeFile
from kingmaker.domain.pipeline_standing import JudgedRun, PipelineStanding
from kingmaker.domain.queue import Cancellation, Origin, QueuedRequest, QueueState, RunEvent, RunStanding
from kingmaker.domain.retention import FilesInUse
from kingmaker.domain.run import Lease, Request, Run, RunState
from kingmaker.domain.schedule import Declared, Schedule
from kingmaker.domain.trial import Fault
from kingmaker.ports.access_ledger import AccessLedger
from kingmaker.ports.erasure_ledger import ErasureLedger
from kingmaker.ports.replay_ledger import ReplayLedger


class QueueLedger(Protocol):
    """What was asked for, and who takes it up. One unfinished run a pipeline, however many processes claim."""

    def ask(self, request: Request, *, key: str, origin: Origin, priority: int = 0) -> QueuedRequest:
        """Put the request in the queue. The same key again is answered with what it became, whatever that is now.

        While a request for the same pipeline, declaration and day waits or its run is unfinished, it is answered with that one.
        Raises Conflict for a key that was used for another request of the pipeline.
        """

    def queued(self, number: int) -> QueuedRequest:
        """Raises NotFound."""

    def queue(
        self, pipeline: str | None = None, *, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]:
        """Newest first."""

    def claim(self, holder: str, *, give_up_after: int = 50) -> tuple[Run, Lease] | None:
        """The next work under a lease, or None: an unfinished run that no live holder has, else the first waiting request.

        A waiting request becomes a run when its pipeline has none that is unfinished. Two claims never get the same run. A
        run that was taken up `give_up_after` times is ended as given up, and a cancelled one as cancelled, instead.
        """

    def withdraw(self, number: int, *, by: str, why: str) -> QueuedRequest:
        """Cancel a waiting request. Withdrawing it again is harmless. Raises Conflict when it has become a run."""

    def cancel_run(self, run: int, *, by: str, why: str) -> Run:
        """Wish for the run's end; where no live holder has it, it ends at once. Raises RunRefused when it is over."""

    def cancellation(self, run: int) -> Cancellation | None: ...

    def tell(self, lease: Lease, events: Sequence[RunEvent]) -> None:
        """Append what the run told; `number` and `run` of the events given are ignored."""

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        """Those with a number above `after`, in order; the last of a run that is over is `ended`.

        Of more than `limit` they are the first, or the `newest`.
        """

    def standing(self, run: int) -> RunStanding:
        """Raises NotFound."""

    def standings(
        self,
        pipelines: Sequence[str] | None = None,
        *,
        state: RunState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> list[RunStanding]:
        """Newest first, of these pipelines (None: of all), with a number below `before`; each cheap to tell."""

    def all_faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]:
        """Newest first."""


class PipelineLedger(Protocol):
    """All pipelines at a glance."""

    def pipeline_standings(self, pipelines: Collection[str] | None = None) -> list[PipelineStanding]:
        """By name, of these (None: of all) that were declared here or ever ran."""

    def newest_judged(self, pipelines: Collection[str] | None = None, *, each: int = 12) -> list[JudgedRun]:
        """Of each of these pipelines (None: of all) the newest runs with a verdict, by pipeline, oldest first."""


class ScheduleLedger(Protocol):
    """Schedules, each fired once for each of its times however many processes watch the clock."""

    def put_schedule(self, schedule: Schedule) -> Schedule:
        """Set or replace the pipeline's schedule; what it last fired for stays known."""

    def schedule(self, pipeline: str) -> Schedule | None: ...

    def schedules(self) -> list[Schedule]:
        """By pipeline."""

    def pause_schedule(self, pipeline: str, *, by: str) -> Schedule:
        """Pausing again is harmless. Raises NotFound without a schedule."""

    def resume_schedule(self, pipeline: str, *, next_at: datetime, by: str) -> Schedule:
        """Resuming one that is not paused changes nothing. Raises NotFound without a schedule."""

    def drop_schedule(self, pipeline: str, *, by: str) -> None:
        """Raises NotFound without a schedule."""

    def fire(
        self, schedule: Schedule, *, next_at: datetime, request: Request | None, time: datetime | None = None
    ) -> QueuedRequest | None:
        """Move `next_at` on if the schedule still is this one, and put the request in the queue in the same transaction.

        `time` is the time that it fires for, `schedule.next_at` when none is named; it makes the request's key, so that one
        time is one request. None when another process was first or the schedule was changed, or when `request` is None (a time
        that is passed over).
        """

    def declare(
        self, pipeline: str, text: str, *, digest: str, declared_in: str, by: str, expected: int | None = None
    ) -> Declared:
        """Keep the text as the pipeline's newest. The text that already is the newest is answered with what is stored.

        Raises Conflict when `expected` is not the number of the newest one (0: none yet).
        """

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared | None:
        """The newest, or that one."""

    def declarations(self, pipeline: str) -> list[Declared]:
        """Oldest first."""

    def declared_pipelines(self) -> list[str]:
        """By name."""


class FreezeLedger(Protocol):
    """Freezes: `crown` raises ChampionFrozen for whatever is no roll-back while one is in force."""

    def freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        """Freezing again is answered with the freeze in force."""

    def lift_freeze(self, pipeline: str, *, by: str, why: str) -> Freeze:
        """Raises NotFound without one in force."""

    def frozen(self, pipeline: str) -> Freeze | None: ...

    def freezes(self, pipeline: str) -> list[Freeze]:
        """Oldest first."""


class NoticeLedger(Protocol):
    """Notices wait here until somebody has told them: at least once to each place, one message a cause."""

    def raise_notice(self, occurrence: Occurrence, *, quiet: timedelta, counted: bool = True) -> Notice | None:
        """The new notice; None when the same cause waits to be told, or was raised less than `quiet` ago.

        It is counted then: in the notice that waits, or once somebody has begun to tell that, in one that is due when `quiet`
        is over. A cause that lasts instead of happening again is not `counted`. What this run or a later one raised is neither
        raised nor counted again.
        """

    def take_notices(self, *, lease: timedelta, limit: int = 20) -> list[Notice]:
        """Some that are due, oldest first, which nobody else takes until the lease is over."""

    def notice_told(
        self, number: int, *, reached: Sequence[str] = (), detail: str = "", retry_at: datetime | None = None
    ) -> None:
        """It was told. With `retry_at` it was not told everywhere, for the reason in `detail`; without it, it is given up.

        `reached` are the places that know it by now.
        """

    def notices(self, *, pipeline: str | None = None, limit: int = 50, before: int | None = None) -> list[Notice]:
        """Newest first, with a number below `before`."""

    def untold_verdicts(self, *, since: datetime) -> list[Run]:
        """Runs that ended with a verdict since then of which no notice was raised, oldest first."""

    def untold_failures(self, *, since: datetime) -> list[Run]:
        """Runs that failed since then of which no notice was raised, oldest first."""


class OutcomeLedger(Protocol):
    """Outcomes that were handed in: what became of loans that endpoints scored."""

    def add_outcomes(self, pipeline: str, *, file: str, form: str, rows: int, by: str) -> OutcomeFile:
        """Idempotent by (pipeline, file)."""

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]:
        """Newest first."""


class AlarmLedger(Protocol):
    """Alarms that last, and all there ever were: never deleted."""

    def raise_alarm(self, crossing: Crossing) -> Alarm:
        """Begin an alarm, or note the newest value of the open one of the same pipeline, kind and subject.

        The level of an open alarm rises with the crossing's and never falls.
        """

    def end_alarm(self, number: int, *, why: str) -> Alarm | None:
        """None when it was over, or never was."""

    def alarms(
        self, pipeline: str | None = None, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        """Newest first, with a number below `before`."""


class RetentionLedger(Protocol):
    """What may go, and what champion and audit still need. Verdicts, versions, turns, looks and the audit log never go."""

    def digests_in_use(self, *, runs_since: datetime) -> FilesInUse:
        """What the rows that stay name: of runs that ended since then or are unfinished, of each pipeline's newest finished

        run, of every run that published (its archive, snapshot, selection, evidence and tested trial: each of these versions
        may be put in force), every file of outcomes, and what replays came to.
        """

    def forget(self, *, before: datetime, limit: int = 1000, dry: bool = False) -> dict[str, int]:
        """Delete what was told and tried before then; how many of each kind: `events`, `trials`, `notices`, `sessions`.

        Events of runs that ended before then, trials that no run uses whose files stay (as `digests_in_use` says), notices that
        wait no longer, sessions that expired. At most `limit` rows of a kind (events: of `limit` runs): call it until nothing
        is left. `dry` only counts.
        """


class CentreLedger(
    QueueLedger,
    PipelineLedger,
    ScheduleLedger,
    AccessLedger,
    FreezeLedger,
    NoticeLedger,
    OutcomeLedger,
    AlarmLedger,
    ReplayLedger,
    RetentionLedger,
    ErasureLedger,
    Protocol,
):
    """All of it."""
