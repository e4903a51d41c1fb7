"""What a run did, part by part: its stages, its loans, its recipes, its trials."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from kingmaker.domain.run import StageRecord
from kingmaker.domain.snapshot import Snapshot
from kingmaker.domain.trial import TrialOrder, TrialPage
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, Limit, RunNumber
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.interfaces.control_centre.trial_table import csv_of
from kingmaker.loop.column_records import ColumnAccount, MonthCount
from kingmaker.recipe.spec import Recipe

router = APIRouter(tags=["runs"])

MOST_ROWS = 100_000
"""More trials than any run has."""
Named = Annotated[str, Path(min_length=1, max_length=500)]


@router.get("/runs/{run}/stages", **answers(list[StageRecord]))
def stages(run: RunNumber, office: Asking) -> Response:
    """The stages that finished, in that order."""
    return told(office.stages(run))


@router.get("/runs/{run}/snapshot", **answers(Snapshot | None))
def snapshot(run: RunNumber, office: Asking) -> Response:
    """What was read and left out, the windows, the findings; null before, and when it is no longer kept."""
    return told(office.snapshot(run))


@router.get("/runs/{run}/months", **answers(list[MonthCount]))
def months(run: RunNumber, office: Asking) -> Response:
    """The loans that were read, by month of application and window."""
    return told(office.months(run))


@router.get("/runs/{run}/recipes", **answers(list[Recipe]))
def recipes(run: RunNumber, office: Asking) -> Response:
    """The fitted cleaning, as numbers; empty before, and when it is no longer kept."""
    return told(office.recipes(run))


@router.get("/runs/{run}/recipes/{recipe}/columns/{column:path}", **answers(ColumnAccount))
def column(run: RunNumber, recipe: Named, column: Named, office: Asking) -> Response:
    """A raw column of the train window before and after the recipe, with its bins."""
    return told(office.column(run, column, recipe=recipe))


@router.get("/runs/{run}/trials", **answers(TrialPage))
def trials(
    run: RunNumber,
    office: Asking,
    order: TrialOrder = TrialOrder.NUMBER,
    falling: bool = False,
    learner: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    limit: Limit = 100,
    skip: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
) -> Response:
    """Trials with their areas under the curve and how they ended, in pages; what failed is among the faults."""
    return told(office.trials(run, order=order, falling=falling, learner=learner, limit=limit, skip=skip))


@router.get(
    "/runs/{run}/trials.csv",
    response_class=Response,
    responses={
        200: {"description": "A row a trial.", "content": {"text/csv": {}}},
        "4XX": {"description": "Refused, and why.", "content": {"application/problem+json": {}}},
    },
)
def trials_as_csv(run: RunNumber, office: Asking) -> Response:
    """All trials of the run with their hyperparameters, as a table."""
    named = {"Content-Disposition": f'attachment; filename="run-{run}-trials.csv"'}
    return Response(csv_of(office.trials(run, limit=MOST_ROWS).trials), media_type="text/csv", headers=named)
