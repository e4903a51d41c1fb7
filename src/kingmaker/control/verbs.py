"""Everything that can be said to Kingmaker, said once: the office says it over this machine's house, the client over HTTP.

Whoever may not do something is told so with Forbidden; a pipeline, run or version outside one's pipelines is NotFound, as if it
were not there. Every change needs a reason (`why`) and is in the audit log under the name of who asked.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from kingmaker.control.records import (
    AuditProof,
    DataFile,
    EndpointLine,
    KeyTold,
    Me,
    Mistake,
    PipelineGlance,
    PipelineLine,
    Reign,
    RoomTold,
    RunLine,
)
from kingmaker.domain.access import MadeToken, Person, Role, Session, Token
from kingmaker.domain.alarm import Alarm
from kingmaker.domain.champion import AuditEntry, ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.monitoring import Monitoring
from kingmaker.domain.notice import Notice, OutcomeFile
from kingmaker.domain.queue import QueuedRequest, QueueState, RunEvent
from kingmaker.domain.replay import Holds, ReplayOutlook, ReplayRequest
from kingmaker.domain.run import RunState, StageRecord
from kingmaker.domain.schedule import Declared, Schedule
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import Fault, TrialOrder, TrialPage
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested
from kingmaker.loop.records import Accompanied, Budget, Check, EndpointReport, Exported, RunAccount
from kingmaker.loop.replaying.result import ReplayResult
from kingmaker.recipe.spec import Recipe


class RunVerbs(Protocol):
    def ask(
        self, pipeline: str, *, as_of: date | None = None, key: str | None = None, priority: int = 0
    ) -> QueuedRequest:
        """Ask for a run of the newest declaration, as of today when no day is named. `key` makes asking twice one run."""

    def retry(self, run: int, *, key: str | None = None) -> QueuedRequest:
        """Ask again for what a run that is over was asked for: its declaration and its day."""

    def queue(
        self, *, pipeline: str | None = None, state: QueueState | None = None, limit: int = 50
    ) -> list[QueuedRequest]: ...

    def queued(self, number: int) -> QueuedRequest: ...

    def withdraw(self, number: int, *, why: str) -> QueuedRequest: ...

    def cancel(self, run: int, *, why: str) -> RunLine:
        """Wish for the run's end; it stops within seconds, with the trials under way."""

    def runs(
        self,
        *,
        pipeline: str | None = None,
        state: RunState | None = None,
        limit: int = 20,
        before: int | None = None,
    ) -> list[RunLine]:
        """Newest first; `before` a run number, to page."""

    def run(self, number: int) -> RunLine: ...

    def account(self, number: int, *, trials: bool = True) -> RunAccount:
        """Everything that is known of the run; quick without its `trials`, of which there may be thousands."""

    def events(self, run: int, *, after: int = 0, limit: int = 1000, newest: bool = False) -> list[RunEvent]:
        """What the run told behind `after`, in order; of more than `limit` the first, or the `newest`."""

    def faults(
        self,
        *,
        pipeline: str | None = None,
        run: int | None = None,
        since: datetime | None = None,
        kind: str | None = None,
        limit: int = 100,
    ) -> list[Fault]: ...


class StudyVerbs(Protocol):
    """What a run did, part by part: each is quick to tell, however much the whole is."""

    def stages(self, run: int) -> list[StageRecord]:
        """Those that finished, in that order."""

    def snapshot(self, run: int) -> Snapshot | None:
        """None before the run has read its loans, and when its files are no longer kept."""

    def months(self, run: int) -> list[MonthCount]:
        """The loans that were read, by month of application and window; none without dates, and when they are forgotten."""

    def recipes(self, run: int) -> list[Recipe]:
        """The fitted cleaning, one for each way in which learners want it; none before, and when it is no longer kept."""

    def column(self, run: int, name: str, *, recipe: str) -> ColumnAccount:
        """A raw column of the train window before and after the recipe."""

    def trials(
        self,
        run: int,
        *,
        order: TrialOrder = TrialOrder.NUMBER,
        falling: bool = False,
        learner: str | None = None,
        limit: int = 100,
        skip: int = 0,
    ) -> TrialPage:
        """`limit` trials after the first `skip`; those without a value to be ordered by come last."""


class ChampionVerbs(Protocol):
    def champion(self, pipeline: str, *, at: datetime | None = None) -> Reign | None:
        """Who is in force, or was at that moment; None when nobody is or was."""

    def history(self, pipeline: str) -> list[ChampionTurn]: ...

    def versions(self, pipeline: str) -> list[ModelVersion]: ...

    def version(self, pipeline: str, prefix: str) -> ModelVersion: ...

    def verdict(self, run: int) -> RecordedVerdict | None: ...

    def figures(self, pipeline: str, *, limit: int = 50, before: int | None = None) -> list[RunFigures]:
        """The few figures of each verdict as it was recorded, newest run first; `before` a run number, to page."""

    def approve(self, run: int, *, why: str) -> ChampionTurn:
        """Put a held run's version in force. Forbidden to whoever asked for the run (four eyes), unless they own the house."""

    def reject(self, run: int, *, why: str) -> RecordedVerdict: ...

    def promote(self, pipeline: str, version: str, *, expected_turn: int, why: str) -> ChampionTurn:
        """Put any published version in force, after proving it. Raises ChampionMoved when another turn is in force."""

    def roll_back(self, pipeline: str, *, to: str | None = None, why: str) -> ChampionTurn: ...

    def freeze(self, pipeline: str, *, why: str) -> Freeze: ...

    def lift_freeze(self, pipeline: str, *, why: str) -> Freeze: ...

    def freezes(self, pipeline: str) -> list[Freeze]: ...

    def add_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied: ...

    def stop_shadow(self, pipeline: str, version: str, *, why: str) -> Accompanied: ...

    def set_canary(self, pipeline: str, version: str, share: float, *, why: str) -> Accompanied: ...

    def stop_canary(self, pipeline: str, *, why: str) -> Accompanied: ...

    def budget(self, pipeline: str, *, today: date | None = None) -> Budget: ...

    def reset_budget(self, pipeline: str, *, as_of: date | None = None, why: str) -> Budget: ...


class ModelVerbs(Protocol):
    def model(self, pipeline: str, version: str) -> ModelAccount:
        """What a published version is, from its verified bundle. `version` may be `champion`, here and below."""

    def tested(self, pipeline: str, version: str) -> ModelTested | None:
        """How it did in the run that published it; None where no verdict was reached about it or it is no longer kept."""

    def effect(self, pipeline: str, version: str, column: str) -> ColumnEffect:
        """How the version's answers move with one column alone."""

    def what_if(
        self, pipeline: str, version: str, applicants: Sequence[Mapping[str, str | int | float | bool | None]]
    ) -> list[Judged]:
        """What the version would say of applicants who are made up, and why: raw values by column, missing where absent.

        Nothing is kept. Raises RowUnreadable naming row and field, KingmakerError for a column that the model does not read.
        """


class PipelineVerbs(Protocol):
    def pipelines(self) -> list[PipelineLine]:
        """Declared here or run from a file, by name."""

    def pipeline(self, pipeline: str) -> PipelineLine: ...

    def declare(self, text: str, *, expected: int | None = None) -> Declared:
        """Keep the text as the newest declaration of the pipeline it names.

        Its source paths are relative to the house's data folder and must lie in it. Raises DeclarationError, naming line and
        column, and Conflict when `expected` is not the number of the newest one (0: none yet).
        """

    def check(self, text: str) -> list[Mistake]:
        """Everything for which `declare` would refuse the text, in its order; nothing is kept. None: it is well declared."""

    def data_files(self) -> list[DataFile]:
        """What a pipeline can be drafted from: loans in the data folder, the newest file first, at most 200."""

    def draft(self, pipeline: str, file: str, *, target: str | None = None, outcome: str | None = None) -> str:
        """The text of a first declaration of `pipeline` for a file of the data folder, every guess explained in comments.

        `target` (a ready label) or `outcome` (the date on which a loan went bad) name the column where it cannot be guessed.
        Nothing is kept. Raises NotFound, SourceError, and DeclarationError when no outcome can be guessed.
        """

    def declared(self, pipeline: str, *, number: int | None = None) -> Declared: ...

    def declarations(self, pipeline: str) -> list[Declared]: ...

    def schedules(self) -> list[Schedule]: ...

    def schedule(self, pipeline: str) -> Schedule: ...

    def set_schedule(
        self, pipeline: str, cron: str, *, zone: str = "UTC", grace: timedelta = timedelta(hours=6), priority: int = 0
    ) -> Schedule: ...

    def pause_schedule(self, pipeline: str) -> Schedule: ...

    def resume_schedule(self, pipeline: str) -> Schedule: ...

    def drop_schedule(self, pipeline: str) -> None: ...

    def next_times(self, pipeline: str, *, count: int = 5) -> list[datetime]: ...


class ReplayVerbs(Protocol):
    """Policies replayed over the lender's own past, in a process of its own that steps back behind runs, one at a time."""

    def ask_replay(
        self,
        pipeline: str,
        *,
        from_month: str,
        to_month: str,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
        key: str | None = None,
    ) -> ReplayRequest:
        """Ask for a replay of the newest declaration. `key` makes asking twice one replay.

        Dates are YYYY-MM, the month's last day, or YYYY-MM-DD. Raises DatesMistaken for such that make no replay, and
        DataRefused for a pipeline that does not say who applied when.
        """

    def replay_outlook(
        self,
        pipeline: str,
        *,
        from_month: str | None = None,
        to_month: str | None = None,
        every: str = "quarter",
        policies: Sequence[str] = ("never", "always", "point", "proven"),
        holds: Holds = Holds.REFUSE,
    ) -> ReplayOutlook:
        """What asking for it would begin, and roughly how long it would take. Left out, the dates are chosen."""

    def replays(
        self, *, pipeline: str | None = None, limit: int = 20, before: int | None = None
    ) -> list[ReplayRequest]:
        """Newest first; `before` a replay's number, to page."""

    def replay(self, number: int) -> ReplayRequest:
        """How it stands, and how far it is."""

    def replay_result(self, number: int) -> ReplayResult:
        """What it came to. Raises Conflict unless it is finished."""

    def replay_page(self, number: int) -> bytes:
        """The same as one self-contained HTML page."""

    def cancel_replay(self, number: int, *, why: str) -> ReplayRequest:
        """Wish for its end; it stops within seconds."""


class EndpointVerbs(Protocol):
    def endpoints(self, pipeline: str) -> list[EndpointReport]: ...

    def announced_edition(self, pipeline: str) -> int | None: ...

    def export(self, pipeline: str, version: str, out: Path) -> Exported:
        """Write the version's proven bundle to `out`. `version` may be `champion`."""

    def keys(self) -> list[KeyTold]:
        """The house's own public key first, then the others that it trusts."""

    def hand_in(self, pipeline: str, data: bytes, *, form: str) -> OutcomeFile:
        """Take outcomes (`csv`, `parquet` or `json`: an id column and what became of the loan). The same bytes are one file."""

    def outcomes(self, pipeline: str, *, limit: int = 100) -> list[OutcomeFile]: ...


class MonitorVerbs(Protocol):
    def monitoring(self, pipeline: str, *, since: date | None = None, until: date | None = None) -> Monitoring:
        """What was read last of the pipeline's endpoints, from `since` to `until`, at most the newest 92 days."""

    def monitor(self, pipeline: str) -> Monitoring:
        """Read now what endpoints left since, begin and end alarms, and tell everything."""

    def alarms(
        self, pipeline: str, *, only_open: bool = False, limit: int = 100, before: int | None = None
    ) -> list[Alarm]:
        """Newest first; `before` an alarm's number, to page."""


class GlanceVerbs(Protocol):
    """What an overview shows of everything, in few questions however much there is."""

    def glance(self, *, each: int = 12) -> list[PipelineGlance]:
        """Every pipeline in figures, by name, over its `each` newest verdicts.

        Verdicts' figures that cannot be read within half a second are left out: they come when it is asked again.
        """

    def endpoint_lines(
        self, *, pipeline: str | None = None, named: str = "", troubled: bool = False, limit: int = 100, after: str = ""
    ) -> list[EndpointLine]:
        """Endpoints by pipeline and name, behind `after` (`pipeline/endpoint`), to page.

        `named`: whose name has this in it; `troubled`: not in step, or silent, or with something to say why.
        """

    def times(self, cron: str, *, zone: str = "UTC", count: int = 5) -> list[datetime]:
        """When a schedule of these five fields would be due next, in its zone. Raises ScheduleInvalid, saying why."""

    def room(self) -> RoomTold: ...


class AccessVerbs(Protocol):
    def me(self) -> Me: ...

    def sessions(self) -> list[Session]:
        """Where whoever asks is logged in, newest first."""

    def end_sessions(self) -> int:
        """Log out everywhere; how many sessions ended."""

    def change_password(self, old: str, new: str) -> Person:
        """Whoever asks gives themselves another password, which ends their sessions. Raises Forbidden for a wrong `old`."""

    def tokens(self) -> list[Token]: ...

    def make_token(
        self,
        name: str,
        role: Role,
        *,
        pipelines: Sequence[str] | None = None,
        lifetime: timedelta | None = timedelta(days=90),
    ) -> MadeToken: ...

    def revoke_token(self, token: str, *, why: str) -> Token: ...

    def people(self) -> list[Person]: ...

    def put_person(
        self,
        name: str,
        roles: Sequence[Role],
        *,
        pipelines: Sequence[str] | None = None,
        password: str | None = None,
    ) -> Person: ...

    def disable_person(self, name: str, *, why: str) -> Person: ...


class HouseVerbs(Protocol):
    def audit(
        self,
        *,
        limit: int = 100,
        before: int | None = None,
        by: str | None = None,
        action: str | None = None,
        subject: str | None = None,
    ) -> list[AuditEntry]:
        """Newest first; `before` an entry's number, to page. `action` and `subject` are what it begins with."""

    def verify_audit(self) -> AuditProof: ...

    def notices(self, *, pipeline: str | None = None, limit: int = 50) -> list[Notice]: ...

    def doctor(self) -> list[Check]: ...

    def sweep(self, *, dry: bool = False) -> dict[str, int]:
        """Housekeeping now: what was (or would be) removed, by kind, and `bytes`."""


class Verbs(
    RunVerbs,
    StudyVerbs,
    ChampionVerbs,
    ModelVerbs,
    PipelineVerbs,
    ReplayVerbs,
    EndpointVerbs,
    MonitorVerbs,
    GlanceVerbs,
    AccessVerbs,
    HouseVerbs,
    Protocol,
):
    """All of them. `close` gives back what was opened."""

    def close(self) -> None: ...
