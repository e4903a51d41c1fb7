"""What the page of a verdict shows: read and drawn at one go, in a thread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kingmaker.control.office.office import Office
from kingmaker.control.records import Reign, RunLine
from kingmaker.domain.access import Principal
from kingmaker.domain.champion import ChampionTurn
from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.look import Look
from kingmaker.domain.verdict import Decision, VerdictReason
from kingmaker.interfaces.report.facts import facts_of
from kingmaker.interfaces.report.sections import sections_of
from kingmaker.loop.records import Budget, RunAccount
from kingmaker.pipeline.policy import Policy
from kingmaker.pipeline.reading import parse_pipeline

OF_EVIDENCE: Final = ("measured", "discrimination", "calibration", "grades", "months", "groups")
"""Sections of the report that are drawn from the evidence, which old runs may have forgotten."""


class Outcome(StrEnum):
    """How it went on with a verdict: its own decision, and what a person made of it."""

    FIRST = "first"
    PROMOTED = "promoted"
    WAITS = "waits"
    SECOND_LOOK = "second_look"
    OVERTAKEN = "overtaken"
    """It was held, and another turn is in force by now than the one it was compared with: nobody can approve it any more."""
    APPROVED = "approved"
    REFUSED = "refused"
    REJECTED = "rejected"
    NONE_IN_FORCE = "none_in_force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`papers` are the report's sections as HTML, those that there are. `policy` is the run's own, `budget` as it stands now.

    Both are None where this release cannot read the declaration any more; `reign` is None when nobody is in force.
    """

    line: RunLine
    account: RunAccount
    papers: Mapping[str, str]
    reign: Reign | None
    budget: Budget | None
    policy: Policy | None

    @property
    def candidate(self) -> str | None:
        return self.account.recorded.candidate_version if self.account.recorded else None

    @property
    def turn(self) -> ChampionTurn | None:
        """The candidate's first turn, None if it never came into force."""
        return next((turn for turn in self.account.history if turn.version == self.candidate), None)

    @property
    def second_look(self) -> Look | None:
        """The look that repeated this run's, once it is taken."""
        taken = self.budget.looks_taken if self.budget else ()
        own = next((look for look in taken if look.run == self.account.run.number), None)
        return next((look for look in taken if own is not None and look.confirms == own.number), None)

    def is_asked_for_by(self, who: Principal) -> bool:
        """Whether four eyes keep `who` from approving."""
        return self.account.run.request.requested_by == who.name and not who.is_owner


def read(office: Office, number: int) -> Seen:
    line, account = office.run(number), office.account(number, trials=False)
    pipeline = account.run.request.pipeline
    return Seen(
        line=line,
        account=account,
        papers=sections_of(facts_of(account), _drawable(account)),
        reign=office.champion(pipeline),
        budget=_budget(office, pipeline) if account.verdict else None,
        policy=_policy(account),
    )


def outcome_of(account: RunAccount) -> Outcome | None:
    """None without a verdict."""
    verdict, settlement = account.verdict, account.recorded.settlement if account.recorded else None
    if verdict is None:
        return None
    if settlement is not None:
        return Outcome.APPROVED if settlement.approved else Outcome.REFUSED
    match verdict.decision:
        case Decision.PROMOTE:
            return Outcome.FIRST if verdict.reason is VerdictReason.FIRST_CHAMPION else Outcome.PROMOTED
        case Decision.HOLD if is_overtaken(account):
            return Outcome.OVERTAKEN
        case Decision.HOLD:
            return Outcome.SECOND_LOOK if verdict.reason is VerdictReason.AWAITING_SECOND_LOOK else Outcome.WAITS
        case Decision.REJECT:
            return Outcome.REJECTED if verdict.champion_version else Outcome.NONE_IN_FORCE


def is_overtaken(account: RunAccount) -> bool:
    newest = account.history[-1].turn if account.history else 0
    return account.selection is not None and account.selection.champion_turn != newest


def _drawable(account: RunAccount) -> Iterator[str]:
    if account.selection is not None and account.selection.evidence is not None:
        yield from OF_EVIDENCE
    if account.verdict is not None and account.verdict.swap_set:
        yield "swap_set"


def _budget(office: Office, pipeline: str) -> Budget | None:
    try:
        return office.budget(pipeline)
    except KingmakerError:
        return None


def _policy(account: RunAccount) -> Policy | None:
    request = account.run.request
    try:
        return parse_pipeline(request.declaration, request.declared_in).policy
    except KingmakerError:
        return None
