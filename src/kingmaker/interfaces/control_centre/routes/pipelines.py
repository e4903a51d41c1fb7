"""Pipelines: how they stand, and what was declared for them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kingmaker.control.records import DataFile, Mistake, PipelineLine
from kingmaker.domain.errors import DeclarationError
from kingmaker.domain.schedule import Declared
from kingmaker.interfaces.control_centre.asking import Asking
from kingmaker.interfaces.control_centre.parameters import LARGEST, PIPELINE, PipelineName
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


class DraftAsked(BaseModel):
    """Of which file of the data folder, for which pipeline; `target` or `outcome` where the column cannot be guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pipeline: Annotated[str, Field(pattern=PIPELINE)]
    file: str = Field(min_length=1, max_length=1000)
    target: str | None = Field(default=None, max_length=1000)
    outcome: str | None = Field(default=None, max_length=1000)


@router.post("/check", openapi_extra=_YAML, **answers(list[Mistake]))
def check(office: Asking, text: Text) -> Response:
    """Everything that is wrong with the text, which is YAML, each with its line and column; nothing is kept."""
    return told(office.check(text))


@router.get("/data-files", **answers(list[DataFile]))
def data_files(office: Asking) -> Response:
    """Files of loans in the data folder, the newest first."""
    return told(office.data_files())


@router.post("/draft", **answers(str))
def draft(office: Asking, said: DraftAsked) -> Response:
    """A first declaration for a file of the data folder, every guess explained in comments; nothing is kept."""
    return told(office.draft(said.pipeline, said.file, target=said.target, outcome=said.outcome))


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
