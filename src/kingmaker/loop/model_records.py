"""What is told of one model version, apart from what makes it: whoever only reads it needs none of the loop's libraries."""

from dataclasses import dataclass
from datetime import datetime

from kingmaker.bundle.contents import CutOffs, GoldenRow, InputSchema, Lineage, Manifest
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.evidence import FeatureEvidence, ModelEvidence
from kingmaker.domain.snapshot import ColumnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A turn of the version; `until` is None while it lasts."""

    turn: ChampionTurn
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnWeight:
    """A raw column and the mean absolute points that it cost or brought over the version's golden rows."""

    column: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAccount:
    """A published version as its verified bundle tells it, and when it was in force.

    `key` names the key that signed it, `bytes` is the size of its file. `weights` are heaviest first; where the bundle holds
    nothing that reasons could rest on they are empty, and `no_reasons` says why.
    """

    version: ModelVersion
    key: str
    bytes: int
    manifest: Manifest
    schema: InputSchema
    cut_offs: CutOffs
    lineage: Lineage
    golden: tuple[GoldenRow, ...]
    weights: tuple[ColumnWeight, ...]
    no_reasons: str
    in_force: tuple[InForce, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectAt:
    """One bin (number) or level (category) of the reference, or what is missing.

    `low` and `high` are the bin's ends, [low, high); `share` is of all reference rows. `mean_pd` and `mean_score` are over the
    golden rows, each scored with `value` in the column's place; None stands for missing.
    """

    value: float | str | None
    low: float | None
    high: float | None
    share: float
    mean_pd: float
    mean_score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEffect:
    """How the version's answers move with one column alone: partial dependence (Friedman 2001) over its golden rows.

    `rows` is how many those are; `more_levels` is how many rarer levels are left out.
    """

    column: str
    kind: ColumnKind
    rows: int
    points: tuple[EffectAt, ...]
    more_levels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPoints:
    """What a raw column cost (positive) or brought (negative) an applicant, against the model's average applicant."""

    column: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One applicant as the version's own bundle scores them.

    `parts` are every column's points in the order of the inputs, empty where `no_reasons` says why. `start` is the score that
    they count from, and `exact_score` the one that they lead to, both before rounding: start - sum of points = exact score.
    """

    pd: float
    score: int
    grade: str
    approved: bool
    exact_score: float
    start: float | None
    parts: tuple[ColumnPoints, ...]
    no_reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTested:
    """How the version's tested model did on `window` of its run, as the verdict's evidence has it.

    `features` say what it rested on there; `amount_column` names the unit of money, None without one. Of a refit it is the
    model before it was fitted again, on the same loans too.
    """

    window: str
    evidence: ModelEvidence
    features: tuple[FeatureEvidence, ...]
    amount_column: str | None
