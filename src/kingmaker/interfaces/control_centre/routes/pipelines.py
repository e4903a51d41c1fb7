"""Pipelines: how they stand, and what was declared for them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from kingmaker.control.records import PipelineLine
from kingmaker.domain.errors import DeclarationError
from kingmaker.domain.schedule import Declared
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, PipelineName
from kingmaker.interfaces.control_centre.routes import schedules
from kingmaker.interfaces.control_centre.telling import answers, told

router = APIRouter(tags=["pipelines"])
router.include_router(schedules.router)

Number = Annotated[int, Path(ge=1, le=LARGEST)]
Expected = Annotated[str | None, Header(pattern='^"(0|[1-9][0-9]{0,8})"$')]
"""The number of the newest declaration as the caller knows it, in quotes; `"0"`: there is none yet."""
_YAML = {"requestBody": {"required": True, "content": {"application/yaml": {"schema": {"type": "string"}}}}}


async def text_of(request: Request) -> str:
    """The body as text. Raises DeclarationError for one that is not UTF-8."""
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeclarationError("the text is not UTF-8", where="declaration", remedy="Save it as UTF-8.") from None


Text = Annotated[str, Depends(text_of)]


@router.get("/pipelines", **answers(list[PipelineLine]))
def pipelines(office: Asking) -> Response:
    """Declared here or run from a file, by name."""
    return told(office.pipelines())


@router.get("/pipelines/{pipeline}", **answers(PipelineLine))
def pipeline(office: Asking, pipeline: PipelineName) -> Response:
    """One of them."""
    return told(office.pipeline(pipeline))


@router.put("/pipelines/{pipeline}", openapi_extra=_YAML, **answers(Declared))
def declare(office: Asking, pipeline: PipelineName, text: Text, if_match: Expected = None) -> Response:
    """Keep the text, which is YAML, as the pipeline's newest declaration. The answer's ETag is its number."""
    expected = None if if_match is None else int(if_match.strip('"'))
    return _tagged(office.declare(text, expected=expected, pipeline=pipeline))


@router.get("/pipelines/{pipeline}/declarations", **answers(list[Declared]))
def declarations(office: Asking, pipeline: PipelineName) -> Response:
    """Oldest first."""
    return told(office.declarations(pipeline))


@router.get("/pipelines/{pipeline}/declarations/newest", **answers(Declared))
def newest(office: Asking, pipeline: PipelineName) -> Response:
    """What the next run will be of. The answer's ETag is its number."""
    return _tagged(office.declared(pipeline))


@router.get("/pipelines/{pipeline}/declarations/{number}", **answers(Declared))
def declared(office: Asking, pipeline: PipelineName, number: Number) -> Response:
    """One of them; their numbers start at 1 and have no gaps."""
    return told(office.declared(pipeline, number=number))


def _tagged(declared: Declared) -> Response:
    return told(declared, headers={"ETag": f'"{declared.number}"'})
