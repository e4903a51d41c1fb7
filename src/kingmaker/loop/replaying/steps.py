"""The steps of a replay, done one at a time. Each looks first whether it has been done, and leaves what it did in the home."""

from dataclasses import dataclass

from kingmaker.domain.run import Stage
from kingmaker.loop.conductor import Errand
from kingmaker.loop.replaying.deciding import Chair, decide, was_refused
from kingmaker.loop.replaying.loans import gather
from kingmaker.loop.replaying.looking_back import look_back
from kingmaker.loop.replaying.past_runs import go_through, is_settled, run_at, snapshot_before
from kingmaker.loop.replaying.plan import Kind, Plan, Step
from kingmaker.pipeline.declaration import Promote
from kingmaker.ports.house import House


@dataclass(frozen=True, slots=True)
class Bench:
    """Where steps are done: the home of replays and the plan."""

    house: House
    plan: Plan


def do(bench: Bench, step: Step) -> None:
    """Do one step. Raises what stops the whole replay; refused loans do not."""
    match step.kind:
        case Kind.GATHER:
            gather(bench.house, bench.plan)
        case Kind.READ:
            _study(bench, step.at, bench.plan.loans_pipeline(), Stage.EXTRACT)
        case Kind.STUDY:
            if was_refused(bench.house, bench.plan, step.at) is None:
                _study(bench, step.at, bench.plan.study_pipeline(step.at), Stage.TRAIN)
        case Kind.DECIDE:
            decide(Chair(bench.house, bench.plan, Promote(step.subject)), step.at)
        case Kind.LOOK_BACK:
            look_back(bench.house, bench.plan, step.subject)


def _study(bench: Bench, at: int, pipeline: str, until: Stage) -> None:
    as_of = bench.plan.dates[at]
    run = run_at(bench.house, pipeline, as_of)
    if run is None or not is_settled(bench.house, run):
        go_through(
            bench.house,
            run,
            text=bench.plan.declared(pipeline, Promote.NEVER),
            file=bench.plan.file,
            as_of=as_of,
            errand=Errand(
                previous=snapshot_before(bench.house, bench.plan.loans_pipeline(), as_of),
                until=until,
            ),
        )
