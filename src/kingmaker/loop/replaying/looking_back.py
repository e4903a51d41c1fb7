"""One published model in hindsight: what it was worth on the applicants of every period after it, through its own graph."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from kingmaker.bundle.files import write_whole
from kingmaker.bundle.names import RECIPE, THRESHOLDS
from kingmaker.bundle.proof import prove_for_files
from kingmaker.bundle.reading import Bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.cohort.features import as_kinds
from kingmaker.domain.snapshot import Feature
from kingmaker.loop.bundles import published_bundle
from kingmaker.loop.judging.answers import answers
from kingmaker.loop.replaying.loans import PERIOD, bounds_of, load_loans
from kingmaker.loop.replaying.plan import Plan
from kingmaker.loop.replaying.result import Figures
from kingmaker.pipeline.declaration import Pipeline, Policy
from kingmaker.ports.house import House
from kingmaker.recipe.json import recipe_from_json
from kingmaker.recipe.spec import Recipe
from kingmaker.statistics.approval import approval_point, approved_at
from kingmaker.statistics.calibration import mean_error
from kingmaker.statistics.discrimination import auc

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAnswer:
    """One model on one period. `rejected` are the good customers it turns away, one bit each, in the period's order."""

    period: int
    figures: Figures
    goods: int
    rejected: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswers:
    """One model on every period after it that has goods and bads."""

    model: str
    periods: tuple[PeriodAnswer, ...]


def model_of(bundle: Bundle) -> str:
    """Names what decides a bundle's answers: two policies that published the same model are looked back on once."""
    files = bundle.manifest.files
    facts = [files[name].sha256 for name in (RECIPE, THRESHOLDS, bundle.manifest.native)]
    return sha256("\n".join(facts).encode()).hexdigest()


def subject_of(pipeline: str, version: str) -> str:
    """How a step names the version to look back on."""
    return f"{pipeline}/{version}"


def answers_of(home: Path, plan: Plan, model: str, made: date) -> ModelAnswers:
    """What `look_back` left of a model that was made of the loans as of a day."""
    return msgspec.json.decode(_file(home, plan, model, made).read_bytes(), type=ModelAnswers)


def has_answers(home: Path, plan: Plan, model: str, made: date) -> bool:
    """Whether the model has been looked back on."""
    return _file(home, plan, model, made).exists()


def look_back(house: House, plan: Plan, subject: str) -> None:
    """Prove the version's bundle, score everybody who applied after it was made, and keep its figures."""
    pipeline, _, version = subject.partition("/")
    bundle = published_bundle(house, pipeline, version)
    model, made = model_of(bundle), bundle.lineage.as_of
    if has_answers(house.home, plan, model, made):
        return
    loans = load_loans(house.home, plan).filter(pl.col(PERIOD) >= _first_period(plan, made))
    found = _judged(bundle, loans, plan)
    path = _file(house.home, plan, model, made)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, msgspec.json.encode(ModelAnswers(model=model, periods=found)))


def _judged(bundle: Bundle, loans: pl.DataFrame, plan: Plan) -> tuple[PeriodAnswer, ...]:
    features = tuple(Feature(name=field.name, kind=field.kind) for field in bundle.schema.fields)
    raw = loans.select([feature.name for feature in features])
    values = as_kinds(raw, features)
    scorer, recipe = prove_for_files(bundle), recipe_from_json(bundle.recipe)
    judged = loans.select("_label", "_amount", PERIOD).hstack(values)
    parts = judged.partition_by(PERIOD, maintain_order=True)
    found = [_answer(scorer, recipe, part, plan.order.pipeline) for part in parts]
    return tuple(answer for answer in found if answer is not None)


def _answer(scorer: Scorer, recipe: Recipe, part: pl.DataFrame, pipeline: Pipeline) -> PeriodAnswer | None:
    """None where goods or bads are lacking: nothing can be told of a model there."""
    bad = part["_label"].cast(pl.Float64).to_numpy()
    if bad.min() == bad.max():
        return None
    pd = answers(scorer, recipe, part).pd
    approved = approved_at(pd, pipeline.policy.approval_rate)
    amount = np.ones(bad.size) if pipeline.amount is None else np.nan_to_num(part["_amount"].to_numpy())
    is_good = bad == 0.0
    return PeriodAnswer(
        period=int(part[PERIOD][0]),
        figures=_figures(bad, pd, amount * approved, pipeline.policy),
        goods=int(is_good.sum()),
        rejected=np.packbits(~approved[is_good]).tobytes(),
    )


def _figures(bad: Floats, pd: Floats, lent: Floats, policy: Policy) -> Figures:
    point = approval_point(bad, pd, policy.approval_rate)
    worth = np.where(bad == 1.0, -policy.loss_given_default, policy.return_on_good)
    return Figures(
        auc=auc(bad, pd),
        false_kill=point.false_kill,
        bad_rate=point.bad_rate,
        calibration_error=abs(mean_error(pd, bad)),
        profit=float(lent @ worth),
    )


def _first_period(plan: Plan, made: date) -> int:
    return next((at for at, (_, to) in enumerate(bounds_of(plan)) if to > made), len(plan.dates))


def _file(home: Path, plan: Plan, model: str, made: date) -> Path:
    return plan.folder(home) / "hindsight" / f"{model}-{_first_period(plan, made)}.json"
