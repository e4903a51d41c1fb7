"""One policy at one date: its run, what becomes of a challenger that is held, and the second look a week later."""

from dataclasses import dataclass
from datetime import date

from kingmaker.domain.replay import Holds
from kingmaker.domain.run import Run
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.loop.budget import budget_of
from kingmaker.loop.conductor import Errand
from kingmaker.loop.reign import approve
from kingmaker.loop.replaying.past_runs import BY, go_through, is_settled, run_at, snapshot_before
from kingmaker.loop.replaying.plan import Plan
from kingmaker.loop.selection import selection_from_json
from kingmaker.pipeline.declaration import Promote
from kingmaker.ports.house import House

WHY_APPROVED = "This replay approves every challenger that is held."


@dataclass(frozen=True, slots=True)
class Chair:
    """Where one policy decides."""

    house: House
    plan: Plan
    policy: Promote

    @property
    def pipeline(self) -> str:
        return self.plan.policy_pipeline(self.policy)


def decide(chair: Chair, at: int) -> None:
    """Do the policy's run as of the date, and the second look that falls before the next date. Done again, it is harmless.

    The first champion is the best ranked challenger of the first date that has one, whatever the gates say: every policy
    starts with the same. Nothing is run where the date's loans were refused, nor for a champion that is never replaced.
    """
    as_of = chair.plan.dates[at]
    if was_refused(chair.house, chair.plan, at):
        return
    run = run_at(chair.house, chair.pipeline, as_of)
    if run is None and chair.policy is Promote.NEVER and chair.house.ledger.champion(chair.pipeline):
        return
    ended = _settled(chair, run, as_of)
    due = _second_look(chair, ended)
    if due is not None and not _falls_to_next(chair, at, due):
        _settled(chair, run_at(chair.house, chair.pipeline, due), due)


def was_refused(house: House, plan: Plan, at: int) -> Run | None:
    """The shared run that was refused on the date's loans, None when it was not."""
    for pipeline in (plan.loans_pipeline(), plan.study_pipeline(at)):
        run = run_at(house, pipeline, plan.dates[at])
        if run is not None and run.state.value == "failed" and is_settled(house, run):
            return run
    return None


def _settled(chair: Chair, run: Run | None, as_of: date) -> Run:
    if run is not None and is_settled(chair.house, run):
        ended = run
    else:
        first = chair.house.ledger.champion(chair.pipeline) is None
        ended = go_through(
            chair.house,
            run,
            text=chair.plan.declared(chair.pipeline, Promote.ALWAYS if first else chair.policy),
            file=chair.plan.file,
            as_of=as_of,
            errand=Errand(previous=snapshot_before(chair.house, chair.plan.loans_pipeline(), as_of)),
        )
    if chair.plan.order.holds is Holds.APPROVE:
        _approve_held(chair, ended)
    return ended


def _approve_held(chair: Chair, run: Run) -> None:
    """As a person would who approves whatever is asked of them. A challenger that waits for its second look is not asked."""
    recorded = chair.house.ledger.verdict(run.number)
    if recorded is None or recorded.candidate_version is None or recorded.verdict.decision is not Decision.HOLD:
        return
    if recorded.verdict.reason is VerdictReason.AWAITING_SECOND_LOOK:
        return
    champion = chair.house.ledger.champion(chair.pipeline)
    compared_with = selection_from_json(chair.house.vault.read(recorded.evidence)).champion_turn
    if (champion.turn if champion else 0) == compared_with:
        approve(chair.house, run.number, by=BY, why=WHY_APPROVED)


def _second_look(chair: Chair, run: Run) -> date | None:
    """The day on which the challenger of this run is looked at again; None when none waits."""
    recorded = chair.house.ledger.verdict(run.number)
    if recorded is None or recorded.verdict.reason is not VerdictReason.AWAITING_SECOND_LOOK:
        return None
    policy, as_of = chair.plan.order.pipeline.policy, run.request.as_of
    waiting = budget_of(chair.house, policy, chair.pipeline, today=as_of).waiting
    if waiting is not None:
        return waiting.due
    later = [one for one in chair.house.ledger.looks(chair.pipeline) if one.confirms and one.as_of > as_of]
    return min((one.as_of for one in later), default=None)


def _falls_to_next(chair: Chair, at: int, due: date) -> bool:
    """Whether the run of the next date is itself the second look, or the day is still to come."""
    is_next = at + 1 < len(chair.plan.dates) and due >= chair.plan.dates[at + 1]
    return is_next or due > chair.house.clock().date()
