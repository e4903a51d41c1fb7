"""Models: what a published version is, what it would say, and the document that a model-risk committee keeps of it."""

from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.bundle.contents import CutOffs, InputSchema
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import PipelineName
from kingmaker.interfaces.control_centre.routes.accounts import PAGE_POLICY
from kingmaker.interfaces.control_centre.routes.depot import Name
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.interfaces.report.document import render_document
from kingmaker.interfaces.report.document_facts import document_facts
from kingmaker.loop.model_records import ColumnEffect, Judged, ModelAccount, ModelTested
from kingmaker.loop.models.what_if import MOST_APPLICANTS

router = APIRouter(tags=["models"])
PLACE: Final = "/pipelines/{pipeline}/versions/{version}"

Value = str | int | float | bool | None


class WhatIf(BaseModel):
    """Raw values by column; a column that is left out, null or an empty text is missing."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    applicants: Annotated[list[dict[str, Value]], Field(min_length=1, max_length=MOST_APPLICANTS)]


@router.get(f"{PLACE}/model", **answers(ModelAccount))
def model(pipeline: PipelineName, version: Name, office: Asking) -> Response:
    """What a version (or the `champion`) is: inputs, thresholds, lineage, what it rests on, and when it was in force."""
    return told(office.model(pipeline, version))


@router.get(f"{PLACE}/tested", **answers(ModelTested | None))
def tested(pipeline: PipelineName, version: Name, office: Asking) -> Response:
    """How the version's model did in the run that published it. Null: no verdict was reached about it, or it is forgotten."""
    return told(office.tested(pipeline, version))


@router.get(f"{PLACE}/thresholds", **answers(CutOffs))
def thresholds(pipeline: PipelineName, version: Name, office: Asking) -> Response:
    """Calibration, score scale, grades and approval cut, as they stand in the bundle."""
    known = office.model(pipeline, version)
    return told(known.cut_offs, headers=_as_file(known, "thresholds"))


@router.get(f"{PLACE}/schema", **answers(InputSchema))
def schema(pipeline: PipelineName, version: Name, office: Asking) -> Response:
    """The raw columns that the model reads, with what they looked like when it was fitted, as they stand in the bundle."""
    known = office.model(pipeline, version)
    return told(known.schema, headers=_as_file(known, "schema"))


@router.get(f"{PLACE}/effects/{{column:path}}", **answers(ColumnEffect))
def effect(pipeline: PipelineName, version: Name, column: str, office: Asking) -> Response:
    """How the answers move with one column alone: partial dependence over the version's golden rows."""
    return told(office.effect(pipeline, version, column))


@router.post(f"{PLACE}/what-if", **answers(list[Judged]))
def what_if(pipeline: PipelineName, version: Name, said: WhatIf, office: Asking) -> Response:
    """What the version would say of applicants who are made up, and why. Nothing is kept."""
    return told(office.what_if(pipeline, version, said.applicants))


@router.get(
    f"{PLACE}/document",
    response_class=Response,
    responses={
        200: {"description": "One self-contained page.", "content": {"text/html": {}}},
        "4XX": {"description": "Refused, and why.", "content": {"application/problem+json": {}}},
    },
)
def document(pipeline: PipelineName, version: Name, office: Asking) -> Response:
    """The model-risk document of a version: one HTML page with nothing to fetch and nothing to execute."""
    page = render_document(document_facts(office, pipeline, version))
    return Response(page, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})


def _as_file(known: ModelAccount, name: str) -> dict[str, str]:
    file = f"{known.version.pipeline}-{known.version.short}-{name}.json"
    return {"Content-Disposition": f'attachment; filename="{file}"'}
