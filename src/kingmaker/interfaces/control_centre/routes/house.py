"""The house: audit log, notices, health, housekeeping."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from kingmaker.control.records import AuditProof
from kingmaker.domain.champion import AuditEntry
from kingmaker.domain.erasure import Erasure, ErasureCheck
from kingmaker.domain.notice import Notice
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, Limit, OfPipeline
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.loop.records import Check

router = APIRouter(tags=["house"])

Before = Annotated[int | None, Query(ge=1, le=LARGEST)]
Part = Annotated[str | None, Query(max_length=200)]


class Sweep(BaseModel):
    """`dry`: tell what would go, and let it be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dry: bool = False


class Erase(BaseModel):
    """`customer` as the source spells it, of `pipeline` or of all. `applications` are ids that no snapshot knows.

    `dry`: count, and let it be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    customer: Annotated[SecretStr, Field(min_length=1, max_length=1000)]
    why: Annotated[str, Field(min_length=1, max_length=2000)]
    pipeline: Annotated[str, Field(max_length=63)] | None = None
    applications: Annotated[
        tuple[Annotated[SecretStr, Field(min_length=1, max_length=1000)], ...], Field(max_length=10_000)
    ] = ()
    dry: bool = False


@router.get("/audit", **answers(list[AuditEntry]))
def audit(
    office: Asking,
    limit: Limit = 100,
    before: Before = None,
    by: Part = None,
    action: Part = None,
    subject: Part = None,
) -> Response:
    """Audit entries, newest first; for whoever sees some pipelines only, those about them.

    `before` is an entry's number, to page; `action` and `subject` are what it begins with.
    """
    return told(office.audit(limit=limit, before=before, by=by, action=action, subject=subject))


@router.get("/audit/proof", **answers(AuditProof))
def verify_audit(office: Asking) -> Response:
    """Prove that no entry, and no row it vouches for, was changed."""
    return told(office.verify_audit())


@router.get("/notices", **answers(list[Notice]))
def notices(
    office: Asking,
    pipeline: OfPipeline = None,
    limit: Limit = 50,
    before: Before = None,
) -> Response:
    """What people outside were told, or are to be, newest first. `before` is a notice's number, to page."""
    return told(office.notices(pipeline=pipeline, limit=limit, before=before))


@router.get("/doctor", **answers(list[Check]))
def doctor(office: Asking) -> Response:
    """Whether the installation is healthy. Takes seconds, and minutes for a large vault."""
    return told(office.doctor())


@router.post("/sweep", **answers(dict[str, int]))
def sweep(said: Sweep, office: Asking) -> Response:
    """Housekeeping now: what was removed, or would be."""
    return told(office.sweep(dry=said.dry))


@router.post("/erasures", **answers(list[Erasure]))
def erase(said: Erase, office: Asking) -> Response:
    """Take one customer's rows out of everything that is kept. Takes seconds, and minutes for a large vault."""
    erased = office.erase(
        said.customer.get_secret_value(),
        why=said.why,
        pipeline=said.pipeline,
        applications=[one.get_secret_value() for one in said.applications],
        dry=said.dry,
    )
    return told(erased)


@router.get("/erasures", **answers(list[Erasure]))
def erasures(office: Asking, pipeline: OfPipeline = None, limit: Limit = 100) -> Response:
    """Erasures, newest first: keyed hashes, and never whom."""
    return told(office.erasures(pipeline=pipeline, limit=limit))


@router.get("/erasures/check", **answers(ErasureCheck))
def check_erasures(office: Asking, pipeline: OfPipeline = None) -> Response:
    """Look through everything that is kept for everybody who was erased. Takes minutes for a large vault."""
    return told(office.check_erasures(pipeline=pipeline))
