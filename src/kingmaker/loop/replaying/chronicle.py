"""What each policy did, read from the ledger: its runs, its champions with the days they were in force, its versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.run import Run, RunReason
from kingmaker.domain.verdict import Comparison, RecordedVerdict, VerdictReason
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.replaying.deciding import was_refused
from kingmaker.loop.replaying.looking_back import model_of
from kingmaker.loop.replaying.past_runs import MOST_RUNS, refusal_of
from kingmaker.loop.replaying.plan import Plan
from kingmaker.loop.replaying.result import PolicyRun, StepEnd
from kingmaker.pipeline.declaration import Promote
from kingmaker.ports.house import House

FIRST = "The best ranked challenger of the first date that had one, whatever the gates say."


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version as a policy published it on `as_of`. `model` names what decides its answers, `made` the day it was made of."""

    pipeline: str
    version: str
    model: str
    learner: str
    as_of: date
    made: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowned:
    """One champion of a policy, in force from the day `since` (excluded) to `until` (included)."""

    turn: int
    since: date
    until: date
    run: int
    sentence: str
    published: Published


@dataclass(frozen=True, slots=True)
class _Ended:
    """A run with its verdict; None for one that was refused."""

    run: Run
    recorded: RecordedVerdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """One policy's past."""

    policy: Promote
    pipeline: str
    runs: tuple[PolicyRun, ...]
    crowned: tuple[Crowned, ...]
    published: tuple[Published, ...]


def chronicle_of(house: House, plan: Plan, policy: Promote) -> Chronicle:
    """Everything the replay's home knows of the policy. Opens each bundle it published once."""
    pipeline = plan.policy_pipeline(policy)
    decided = _decided_runs(house, pipeline)
    published = tuple(_published(house, pipeline))
    return Chronicle(
        policy=policy,
        pipeline=pipeline,
        runs=tuple(_runs(house, plan, decided)),
        crowned=tuple(_crowned(house, plan, decided, published)),
        published=published,
    )


def _decided_runs(house: House, pipeline: str) -> list[_Ended]:
    """Runs by day; of those as of one day, the last is the one that ended well."""
    runs = [run for run in house.ledger.runs(pipeline, limit=MOST_RUNS) if run.reason is not RunReason.SUPERSEDED]
    last = {run.request.as_of: run for run in sorted(runs, key=lambda run: run.number)}
    return [_Ended(last[day], house.ledger.verdict(last[day].number)) for day in sorted(last)]


def _published(house: House, pipeline: str) -> Iterator[Published]:
    for version in reversed(house.ledger.versions(pipeline)):
        bundle = published_bundle(house, pipeline, version.version)
        yield Published(
            pipeline=pipeline,
            version=version.version,
            model=model_of(bundle),
            learner=version.learner,
            as_of=house.ledger.run(version.run).request.as_of,
            made=bundle.lineage.as_of,
        )


def _crowned(house: House, plan: Plan, ended: Sequence[_Ended], published: Sequence[Published]) -> Iterator[Crowned]:
    by_version = {one.version: one for one in published}
    history = house.ledger.history(published[0].pipeline) if published else []
    runs = [_run_of_turn(turn, ended) for turn in history]
    ends = [*(run.request.as_of for run in runs[1:]), plan.order.last][: len(runs)]
    for turn, run, until in zip(history, runs, ends, strict=True):
        yield Crowned(
            turn=turn.turn,
            since=run.request.as_of,
            until=until,
            run=run.number,
            sentence=turn.why if turn.turn > 1 else FIRST,
            published=by_version[turn.version],
        )


def _run_of_turn(turn: ChampionTurn, ended: Sequence[_Ended]) -> Run:
    """The run whose verdict put it in force: the newest before the turn that had this version for its candidate."""
    named = [
        one.run
        for one in ended
        if one.recorded and one.recorded.candidate_version == turn.version and one.recorded.recorded_at <= turn.since
    ]
    return named[-1]


def _runs(house: House, plan: Plan, ended: Sequence[_Ended]) -> Iterator[PolicyRun]:
    by_day = {one.run.request.as_of: one for one in ended}
    for at, as_of in enumerate(plan.dates):
        yield _at_date(house, plan, at, by_day.get(as_of))
        next_date = plan.dates[at + 1] if at + 1 < len(plan.dates) else date.max
        between = [day for day in by_day if as_of < day < next_date]
        yield from (_told(house, by_day[day], confirms=True) for day in between)


def _at_date(house: House, plan: Plan, at: int, one: _Ended | None) -> PolicyRun:
    if one is not None:
        return _told(house, one, confirms=False)
    refused = was_refused(house, plan, at)
    if refused is not None:
        return _refused(house, refused, confirms=False)
    return PolicyRun(
        as_of=plan.dates[at],
        end=StepEnd.LEFT_OUT,
        number=None,
        reason=VerdictReason.NEVER_REPLACED.value,
        decision=None,
        sentence="The champion is never replaced, so nothing was run.",
        confirms=False,
        learner=None,
        candidate=None,
    )


def _told(house: House, one: _Ended, *, confirms: bool) -> PolicyRun:
    if one.recorded is None:
        return _refused(house, one.run, confirms=confirms)
    return _decided(house, one.run, one.recorded, confirms=confirms)


def _refused(house: House, run: Run, *, confirms: bool) -> PolicyRun:
    return PolicyRun(
        as_of=run.request.as_of,
        end=StepEnd.REFUSED,
        number=run.number,
        reason=refusal_of(house, run),
        decision=None,
        sentence=run.detail,
        confirms=confirms,
        learner=None,
        candidate=None,
    )


def _decided(house: House, run: Run, recorded: RecordedVerdict, *, confirms: bool) -> PolicyRun:
    verdict, candidate = recorded.verdict, recorded.candidate_version
    learner = house.ledger.version(run.request.pipeline, candidate).learner if candidate else None
    return PolicyRun(
        as_of=run.request.as_of,
        end=StepEnd.DECIDED,
        number=run.number,
        reason=verdict.reason.value,
        decision=verdict.decision.value,
        sentence=verdict.sentence,
        confirms=confirms,
        learner=learner,
        candidate=candidate,
        false_kill_difference=_difference(verdict.comparisons, "false_kill"),
        auc_difference=_difference(verdict.comparisons, "auc"),
    )


def _difference(comparisons: Sequence[Comparison], measure: str) -> float | None:
    found = (one.difference for one in comparisons if one.measure == measure and one.window == "test")
    return next(found, None)
