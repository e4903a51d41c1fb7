"""What a replay is to do: the pipelines it runs in a home of its own, and the steps in the order they need."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import msgspec

from kingmaker import __version__
from kingmaker.domain.replay import Holds
from kingmaker.pipeline.declaration import Pipeline, Promote
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.schema import declaration_digest
from kingmaker.pipeline.writing import pipeline_text

_LONGEST_NAME = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for. `text` declares the pipeline, whose relative paths start from the folder of `file`.

    `last` is the end of the last period, one step after the last date.
    """

    text: str
    file: str
    dates: tuple[date, ...]
    last: date
    every: str
    policies: tuple[Promote, ...]
    holds: Holds
    seed: int | None = None

    @property
    def pipeline(self) -> Pipeline:
        """As declared, with the replay's seed."""
        return _pipeline(self.text, self.file, self.seed)


@lru_cache(maxsize=4)
def _pipeline(text: str, file: str, seed: int | None) -> Pipeline:
    """Parsing takes longer than many a step."""
    declared = parse_pipeline(text, file)
    if seed is None:
        return declared
    return declared.model_copy(update={"training": declared.training.model_copy(update={"seed": seed})})


class Kind(StrEnum):
    """What a step does."""

    GATHER = "gather"
    """The loans and what became of them, for hindsight."""
    READ = "read"
    """The extract of one date."""
    STUDY = "study"
    """The preparation and the trials of one date, which every policy shares."""
    DECIDE = "decide"
    """One policy's run as of one date."""
    LOOK_BACK = "look_back"
    """One published model on the applicants who came after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, at the date number `at`. `subject` is a policy to decide, or the version to look back on."""

    kind: Kind
    at: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An order with its name: the same pipeline, loans, dates, seed and treatment of holds are the same replay.

    `fingerprint` is the digest of the source when the replay began.
    """

    name: str
    order: Order
    fingerprint: str

    @property
    def dates(self) -> tuple[date, ...]:
        return self.order.dates

    @property
    def file(self) -> Path:
        return Path(self.order.file)

    def folder(self, home: Path) -> Path:
        """Where the replay keeps its own files, in the home of all replays."""
        return home / self.name

    def loans_pipeline(self) -> str:
        return f"{self.name}-loans"

    def study_pipeline(self, at: int) -> str:
        return f"{self.name}-{self.dates[at]:%Y%m%d}"

    def policy_pipeline(self, policy: Promote) -> str:
        return f"{self.name}-{policy.value}"

    def declared(self, name: str, promote: Promote) -> str:
        """The user's declaration under another name and rule, as YAML text."""
        pipeline = self.order.pipeline
        policy = pipeline.policy.model_copy(update={"promote": promote})
        return pipeline_text(pipeline.model_copy(update={"pipeline": name, "policy": policy}))


def plan_of(order: Order, fingerprint: str) -> Plan:
    """`fingerprint` is the digest of the source as it is now."""
    pipeline = order.pipeline
    facts = (
        __version__,
        declaration_digest(pipeline),
        fingerprint,
        [day.isoformat() for day in order.dates],
        order.last.isoformat(),
        order.holds.value,
    )
    digest = hashlib.sha256(msgspec.json.encode(facts)).hexdigest()
    return Plan(name=f"{pipeline.pipeline[:_LONGEST_NAME]}-{digest[:8]}", order=order, fingerprint=fingerprint)


def steps_of(plan: Plan) -> dict[Step, tuple[Step, ...]]:
    """Every step but looking back, the most urgent first, with the steps that must be done before it.

    A date's extract is compared with the extract before it, and a policy's champion depends on its past: both are chains.
    """
    return dict(_steps(plan))


def _steps(plan: Plan) -> Iterator[tuple[Step, tuple[Step, ...]]]:
    read = [Step(kind=Kind.READ, at=at) for at in range(len(plan.dates))]
    study = [Step(kind=Kind.STUDY, at=at) for at in range(len(plan.dates))]
    for at, step in enumerate(read):
        yield step, tuple(read[at - 1 : at])
    for at in range(len(plan.dates)):
        for policy in plan.order.policies:
            earlier = (Step(kind=Kind.DECIDE, at=at - 1, subject=policy.value),) if at else ()
            yield Step(kind=Kind.DECIDE, at=at, subject=policy.value), (study[at], *earlier)
    for at, step in enumerate(study):
        yield step, (read[at],)
    yield Step(kind=Kind.GATHER), (read[0],)
