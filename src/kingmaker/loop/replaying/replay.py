"""Replay: what unattended retraining would have done to the lender's own book, through the real stages of the loop."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from kingmaker.bundle.files import write_whole
from kingmaker.domain.errors import DataRefused
from kingmaker.domain.replay import ReplayProgress
from kingmaker.loop.reading import reading_of
from kingmaker.loop.replaying.balance import balance_of, hindsight_of
from kingmaker.loop.replaying.chronicle import Chronicle, Published, chronicle_of
from kingmaker.loop.replaying.crew import OpenHouse, work_through
from kingmaker.loop.replaying.loans import gathered_of
from kingmaker.loop.replaying.lock import command_lock
from kingmaker.loop.replaying.looking_back import ModelAnswers, answers_of, has_answers, subject_of
from kingmaker.loop.replaying.pace import Pace
from kingmaker.loop.replaying.plan import Kind, Order, Plan, Step, plan_of, steps_of
from kingmaker.loop.replaying.result import ReplayResult
from kingmaker.ports.house import House
from kingmaker.ports.progress import Progress

DECLARED = "pipeline.yaml"
REPLAY, LOOK_BACK = "replay", "look back"
SECONDS_OF_SILENCE = 20.0
"""A line at most so often for those who read no bar."""


Told = Callable[[ReplayProgress], None]
"""Hears how far a replay is, for who follows from afar. Never raises."""


def nobody(progress: ReplayProgress) -> None:
    """Nobody follows."""


def replay(
    order: Order, open_house: OpenHouse, progress: Progress, *, workers: int, told: Told = nobody
) -> ReplayResult:
    """Run every policy over the dates and look back on what it did.

    `open_house` opens the home of replays, in this process and in each of the `workers`; no other home is touched. Killed at
    any moment, the same order goes on where it stopped. Raises DeclarationError, SourceError, DataRefused, RunRefused while
    another command does the same replay, and ReplayStopped.
    """
    pipeline = order.pipeline
    if pipeline.applied_at is None:
        raise DataRefused(
            "a replay needs to know who applied when, and the pipeline declares no application date",
            where=order.file,
            remedy="Declare `applied_at`.",
        )
    house = open_house()
    try:
        reading = reading_of(house, pipeline, Path(order.file).parent, order.last, occasion="replay")
        plan = plan_of(order, house.source.fingerprint(reading))
        with command_lock(plan.folder(house.home)):
            write_whole(plan.folder(house.home) / DECLARED, order.text.encode())
            policies = ", ".join(policy.value for policy in order.policies)
            progress.say(f"replay {plan.name}: {len(plan.dates)} dates; {policies}")
            team = _Team(open_house, plan, progress, workers, told)
            team.do(steps_of(plan), REPLAY)
            return _looked_back(house, team)
    finally:
        house.close()


@dataclass(frozen=True, slots=True)
class _Team:
    """Who does the steps, and who hears of it."""

    open_house: OpenHouse
    plan: Plan
    progress: Progress
    workers: int
    told: Told

    def do(self, steps: Mapping[Step, tuple[Step, ...]], stage: str) -> None:
        self.progress.stage(stage, "the first dates")
        pace, said = Pace(list(steps), self.workers), time.monotonic()
        self.told(self._so_far(pace, stage))
        with closing(work_through(self.open_house, self.plan, steps, workers=self.workers)) as reports:
            for report in reports:
                pace.note(report.step, report.seconds)
                self.told(self._so_far(pace, stage))
                self.progress.advance(pace.done, len(steps), pace.note_left())
                if pace.is_milestone() and time.monotonic() - said > SECONDS_OF_SILENCE:
                    said = time.monotonic()
                    self.progress.say(f"{pace.done:,} of {len(steps):,} steps done; {pace.note_left()}")

    def _so_far(self, pace: Pace, stage: str) -> ReplayProgress:
        """Looking back, every date is decided."""
        progress = pace.progress(stage)
        return progress if stage == REPLAY else replace(progress, dates_done=len(self.plan.dates))


def _looked_back(house: House, team: _Team) -> ReplayResult:
    plan = team.plan
    chronicles = [chronicle_of(house, plan, policy) for policy in plan.order.policies]
    _refuse_without_champion(chronicles)
    models = _models(chronicles)
    todo = {
        Step(kind=Kind.LOOK_BACK, subject=subject_of(one.pipeline, one.version)): ()
        for one in models
        if not has_answers(house.home, plan, one.model, one.made)
    }
    if todo:
        team.do(todo, LOOK_BACK)
    answers = [answers_of(house.home, plan, one.model, one.made) for one in models]
    return _result(house, plan, chronicles, answers)


def _result(house: House, plan: Plan, chronicles: Sequence[Chronicle], answers: Sequence[ModelAnswers]) -> ReplayResult:
    gathered = gathered_of(house.home, plan)
    hindsight = hindsight_of(gathered.periods, chronicles, answers)
    pipeline = plan.order.pipeline
    return ReplayResult(
        name=plan.name,
        home=str(house.home),
        pipeline=pipeline.pipeline,
        first=plan.dates[0],
        last=plan.dates[-1],
        every=plan.order.every,
        seed=pipeline.training.seed,
        holds=plan.order.holds.value,
        approval_rate=pipeline.policy.approval_rate,
        amount=pipeline.amount,
        known_until=gathered.known_until,
        dates=plan.dates,
        periods=gathered.periods,
        policies=tuple(balance_of(chronicle, hindsight) for chronicle in chronicles),
    )


def _models(chronicles: Sequence[Chronicle]) -> Sequence[Published]:
    """One version of each distinct model: the one made earliest."""
    published = [one for chronicle in chronicles for one in chronicle.published]
    ordered = sorted(published, key=lambda one: (one.made, one.pipeline, one.version), reverse=True)
    return list({one.model: one for one in ordered}.values())


def _refuse_without_champion(chronicles: Sequence[Chronicle]) -> None:
    if any(chronicle.crowned for chronicle in chronicles):
        return
    last = chronicles[0].runs[-1]
    raise DataRefused(
        f"none of the dates gave a first champion; the last said: {last.sentence}",
        where=f"as of {last.as_of.isoformat()}",
        remedy="Begin the replay later, or see what `kingmaker run --as-of` says of that day.",
    )
