"""The trial room: sends orders to the engine, writes every ending down at once, and answers with trials in order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from kingmaker.domain.run import Lease, Stage
from kingmaker.domain.trial import Fault, Trial, TrialEnd
from kingmaker.loop.prepared import Prepared
from kingmaker.loop.training.fit_order import FitOrder, report_from_bytes
from kingmaker.loop.training.fit_trial import fit_trial
from kingmaker.pipeline.declaration import Training
from kingmaker.ports.engine import Engine, Handle, Outcome, OutcomeKind
from kingmaker.ports.ledger import Ledger
from kingmaker.ports.progress import Progress
from kingmaker.ports.vault import Vault

ATTEMPTS_WHEN_LOST = 2
RENEW_EVERY = timedelta(seconds=15)
LISTEN_SECONDS = 5.0

ENDS = {
    OutcomeKind.RAISED: TrialEnd.RAISED,
    OutcomeKind.LOST: TrialEnd.LOST,
    OutcomeKind.KILLED: TrialEnd.LOST,
    OutcomeKind.OUT_OF_TIME: TrialEnd.OUT_OF_TIME,
    OutcomeKind.OUT_OF_MEMORY: TrialEnd.OUT_OF_MEMORY,
}


@dataclass(frozen=True, slots=True)
class _Attempt:
    order: FitOrder
    number: int


@dataclass(kw_only=True)
class TrialRoom:
    """One run's trials under way. Used from one thread, under one lease."""

    training: Training
    prepared: Prepared
    run: int
    lease: Lease
    ledger: Ledger
    vault: Vault
    engine: Engine
    progress: Progress
    clock: Callable[[], datetime]
    _open: dict[Handle, _Attempt] = field(default_factory=dict)
    _done: dict[int, Trial] = field(default_factory=dict)
    _files: dict[str, Path] = field(default_factory=dict)
    _renewed: datetime | None = None

    def fit(self, orders: Sequence[FitOrder]) -> tuple[Trial, ...]:
        """The orders' trials, in the same order: taken from the ledger where they are recorded, else fitted and recorded.

        Raises LeaseLost as soon as another process has taken the run over; what runs is killed then.
        """
        for order in orders:
            self._take_or_submit(order)
        self._advance()
        try:
            while self._open:
                self._renew()
                for outcome in self.engine.completed(LISTEN_SECONDS):
                    self._settle(outcome)
        except BaseException:
            for handle in self._open:
                self.engine.kill(handle)
            raise
        return tuple(self._done[order.trial.number] for order in orders)

    def note_out_of_minutes(self, trials: int) -> None:
        """Leave a row that says why the search ended early."""
        declared = self.training
        message = f"the search ended after {trials} of {declared.trials} trials: {declared.minutes:g} minutes were over"
        self._record_fault(None, 1, "out_of_minutes", message, "")

    def _take_or_submit(self, order: FitOrder) -> None:
        recorded = self.ledger.trial(order.key()) or self.ledger.trial(order.fault_key(self.run))
        if recorded is not None and (recorded.model is None or self.vault.renew(recorded.model)):
            self.ledger.use_trial(self.lease, recorded.key)
            self._done[order.trial.number] = recorded
        else:
            self._submit(_Attempt(order, 1 + self._times_lost(order)))

    def _times_lost(self, order: FitOrder) -> int:
        """How often this trial was lost before this process began."""
        lost = [fault for fault in self._earlier_faults if fault.trial == order.trial.number]
        return min(len(lost), ATTEMPTS_WHEN_LOST - 1)

    @cached_property
    def _earlier_faults(self) -> list[Fault]:
        return [fault for fault in self.ledger.faults(self.run) if fault.kind == OutcomeKind.LOST.value]

    def _submit(self, attempt: _Attempt) -> None:
        variant = self.prepared.variant(attempt.order.trial.recipe)
        handle = self.engine.submit(
            fit_trial,
            attempt.order.to_bytes(),
            files=[self._file(variant.matrix), self._file(self.prepared.rows)],
            deadline_seconds=self.training.trial_minutes * 60.0,
            memory_bytes=int(self.training.trial_memory_gb * 2**30),
        )
        self._open[handle] = attempt

    def _file(self, digest: str) -> Path:
        """Fetching verifies the bytes, which takes seconds for a large matrix: once is enough."""
        if digest not in self._files:
            self._files[digest] = self.vault.fetch(digest)
        return self._files[digest]

    def _settle(self, outcome: Outcome) -> None:
        attempt = self._open.pop(outcome.handle, None)
        if attempt is None:
            return  # of a training on this engine that was broken off
        if outcome.kind is OutcomeKind.OK:
            self._finish(self._fitted(attempt.order, outcome))
            return
        number = attempt.order.trial.number
        self._record_fault(number, attempt.number, outcome.kind.value, outcome.message, outcome.traceback)
        if outcome.kind is OutcomeKind.LOST and attempt.number < ATTEMPTS_WHEN_LOST:
            self._submit(_Attempt(attempt.order, attempt.number + 1))
            return
        key = attempt.order.fault_key(self.run)
        self._finish(
            Trial(
                key=key,
                spec=attempt.order.trial,
                end=ENDS[outcome.kind],
                seconds=outcome.seconds,
                started_at=outcome.started_at,
            )
        )

    def _fitted(self, order: FitOrder, outcome: Outcome) -> Trial:
        """The trial as reported, its model in the vault before anything names it."""
        report, model = report_from_bytes(outcome.value)
        return Trial(
            key=order.key(),
            spec=order.trial,
            end=report.end,
            seconds=outcome.seconds,
            started_at=outcome.started_at,
            auc_train=report.auc_train,
            auc_holdout=report.auc_holdout,
            auc_selection=report.auc_selection,
            utility=report.utility,
            rounds=report.rounds,
            features=report.features,
            model=self.vault.put_bytes(model) if model else None,
            curve=report.curve,
            margin_shift=report.margin_shift,
        )

    def _finish(self, trial: Trial) -> None:
        self.ledger.record_trial(self.lease, trial)
        self._done[trial.spec.number] = trial
        self._advance()

    def _advance(self) -> None:
        self.progress.advance(len(self._done), self.training.trials, best_so_far(self._done.values()))

    def _renew(self) -> None:
        now = self.clock()
        if self._renewed is None or now - self._renewed >= RENEW_EVERY:
            self.lease = self.ledger.renew(self.lease)
            self._renewed = now

    def _record_fault(self, trial: int | None, attempt: int, kind: str, message: str, traceback: str) -> None:
        fault = Fault(
            run=self.run,
            stage=Stage.TRAIN.value,
            trial=trial,
            node=self.lease.holder.split(":")[0],
            attempt=attempt,
            kind=kind,
            message=message,
            traceback=traceback,
            happened_at=self.clock(),
        )
        self.ledger.record_fault(self.lease, fault)


def best_so_far(trials: Iterable[Trial]) -> str:
    """One clause for a person who waits."""
    judged = [trial for trial in trials if trial.utility is not None]
    if not judged:
        return "nothing fitted yet"
    best = max(judged, key=lambda trial: (trial.utility, -trial.spec.number))
    return f"best so far: {best.spec.learner} #{best.spec.number}, false kill {-(best.utility or 0.0):.1%}"
