"""Companions: shadows and a canary beside the champion."""

from fastapi import APIRouter, Response
from pydantic import Field

from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import PipelineName, Said, Version
from kingmaker.interfaces.control_centre.telling import answers, told
from kingmaker.loop.records import Accompanied

router = APIRouter(tags=["champions"])


class Shadow(Said):
    version: Version


class Canary(Shadow):
    """`share` of the applications that it answers for, in (0, 1)."""

    share: float = Field(gt=0.0, lt=1.0)


@router.post("/pipelines/{pipeline}/shadows", **answers(Accompanied))
def add_shadow(pipeline: PipelineName, said: Shadow, office: Asking) -> Response:
    """Let a published version score every application unseen, once it is proven."""
    return told(office.add_shadow(pipeline, said.version, why=said.why))


@router.post("/pipelines/{pipeline}/shadows/stop", **answers(Accompanied))
def stop_shadow(pipeline: PipelineName, said: Shadow, office: Asking) -> Response:
    """Score a shadow no longer."""
    return told(office.stop_shadow(pipeline, said.version, why=said.why))


@router.post("/pipelines/{pipeline}/canary", **answers(Accompanied))
def set_canary(pipeline: PipelineName, said: Canary, office: Asking) -> Response:
    """Let a published version answer for a share of the applications, once it is proven."""
    return told(office.set_canary(pipeline, said.version, said.share, why=said.why))


@router.post("/pipelines/{pipeline}/canary/stop", **answers(Accompanied))
def stop_canary(pipeline: PipelineName, said: Said, office: Asking) -> Response:
    """Let the champion answer for every application again."""
    return told(office.stop_canary(pipeline, why=said.why))
