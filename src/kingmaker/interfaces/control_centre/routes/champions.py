"""Champions: who is in force, versions, verdicts, and what people do about them."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from kingmaker.control.records import Reign
from kingmaker.domain.champion import ChampionTurn, ModelVersion
from kingmaker.domain.freeze import Freeze
from kingmaker.domain.verdict import RecordedVerdict
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import (
    LARGEST,
    Limit,
    PipelineName,
    RunNumber,
    Said,
    Version,
    VersionPrefix,
)
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.loop.figure_records import RunFigures
from kingmaker.loop.records import Budget

router = APIRouter(tags=["champions"])


class Promotion(Said):
    """Which version is to be in force, and which turn is believed to be: 0 when nobody is."""

    version: Version
    expected_turn: int = Field(ge=0, le=LARGEST, strict=True)


class RollBack(Said):
    """`to`: the version to go back to; the one before when it is left out."""

    to: Version | None = None


class BudgetReset(Said):
    """`as_of`: the day from which the budget accrues anew; the latest that there was a run of when it is left out."""

    as_of: date | None = None


@router.get("/pipelines/{pipeline}/champion", **answers(Reign | None))
def champion(pipeline: PipelineName, office: Asking, at: Annotated[datetime | None, Query()] = None) -> Response:
    """Who is in force and who accompanies them, now or at a moment (UTC where it names no zone). Null: nobody."""
    return told(office.champion(pipeline, at=at))


@router.get("/pipelines/{pipeline}/history", **answers(list[ChampionTurn]))
def history(pipeline: PipelineName, office: Asking) -> Response:
    """Every turn, oldest first."""
    return told(office.history(pipeline))


@router.get("/pipelines/{pipeline}/versions", **answers(list[ModelVersion]))
def versions(pipeline: PipelineName, office: Asking) -> Response:
    """Published versions, newest first."""
    return told(office.versions(pipeline))


@router.get("/pipelines/{pipeline}/versions/{version}", **answers(ModelVersion))
def version(pipeline: PipelineName, version: VersionPrefix, office: Asking) -> Response:
    """A version by its digest or the first digits of it."""
    return told(office.version(pipeline, version))


@router.get("/runs/{run}/verdict", **answers(RecordedVerdict | None))
def verdict(run: RunNumber, office: Asking) -> Response:
    """What the run decided, and what a person decided about it. Null while the run has not decided."""
    return told(office.verdict(run))


@router.get("/pipelines/{pipeline}/figures", **answers(list[RunFigures]))
def figures(
    pipeline: PipelineName,
    office: Asking,
    limit: Limit = 50,
    before: Annotated[int | None, Query(ge=1, le=LARGEST)] = None,
) -> Response:
    """The few figures of each verdict as it was recorded, newest run first; `before` a run number, to page."""
    return told(office.figures(pipeline, limit=limit, before=before))


@router.post("/runs/{run}/approve", **answers(ChampionTurn))
def approve(run: RunNumber, said: Said, office: Asking) -> Response:
    """Put a held run's version in force. Refused to whoever asked for the run: four eyes."""
    return told(office.approve(run, why=said.why))


@router.post("/runs/{run}/reject", **answers(RecordedVerdict))
def reject(run: RunNumber, said: Said, office: Asking) -> Response:
    """Refuse a held run's version for good."""
    return told(office.reject(run, why=said.why))


@router.post("/pipelines/{pipeline}/promote", **answers(ChampionTurn))
def promote(pipeline: PipelineName, said: Promotion, office: Asking) -> Response:
    """Put any published version in force, once it is proven. Of several at one turn, one wins; the others are told so."""
    return told(office.promote(pipeline, said.version, expected_turn=said.expected_turn, why=said.why))


@router.post("/pipelines/{pipeline}/rollback", **answers(ChampionTurn))
def roll_back(pipeline: PipelineName, said: RollBack, office: Asking) -> Response:
    """Put an earlier champion back in force, once it is proven."""
    return told(office.roll_back(pipeline, to=said.to, why=said.why))


@router.get("/pipelines/{pipeline}/freezes", **answers(list[Freeze]))
def freezes(pipeline: PipelineName, office: Asking) -> Response:
    """Every freeze, oldest first; the last is in force when nobody lifted it."""
    return told(office.freezes(pipeline))


@router.post("/pipelines/{pipeline}/freeze", **answers(Freeze))
def freeze(pipeline: PipelineName, said: Said, office: Asking) -> Response:
    """Let the champion stay whatever wins; a roll-back stays possible."""
    return told(office.freeze(pipeline, why=said.why))


@router.post("/pipelines/{pipeline}/lift-freeze", **answers(Freeze))
def lift_freeze(pipeline: PipelineName, said: Said, office: Asking) -> Response:
    """Let the champion be replaced again."""
    return told(office.lift_freeze(pipeline, why=said.why))


@router.get("/pipelines/{pipeline}/budget", **answers(Budget))
def budget(pipeline: PipelineName, office: Asking, today: Annotated[date | None, Query()] = None) -> Response:
    """The error budget on a day; on the latest that there was a run of when none is named."""
    return told(office.budget(pipeline, today=today))


@router.post("/pipelines/{pipeline}/budget/reset", **answers(Budget))
def reset_budget(pipeline: PipelineName, said: BudgetReset, office: Asking) -> Response:
    """Write the spent error budget off."""
    return told(office.reset_budget(pipeline, as_of=said.as_of, why=said.why))
