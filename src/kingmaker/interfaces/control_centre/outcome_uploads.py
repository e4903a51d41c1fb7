"""Outcomes as they are sent: the body itself, or a file of a form; onto the disk, and within its bounds."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Final, cast

from fastapi import Request, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from kingmaker.control.outcomes import MAX_OUTCOME_BYTES, OutcomeForm
from kingmaker.domain.errors import KingmakerError
from kingmaker.interfaces.control_centre.uploads import arriving, new_file, pieces

MULTIPART: Final = "multipart/form-data"
FORMS: Final = MappingProxyType(
    {
        "text/csv": OutcomeForm.CSV,
        "application/csv": OutcomeForm.CSV,
        "application/vnd.apache.parquet": OutcomeForm.PARQUET,
        "application/parquet": OutcomeForm.PARQUET,
        "application/json": OutcomeForm.JSON,
        "application/jsonl": OutcomeForm.JSON,
        "application/x-ndjson": OutcomeForm.JSON,
    }
)
_SUFFIXES: Final = MappingProxyType(
    {
        ".csv": OutcomeForm.CSV,
        ".parquet": OutcomeForm.PARQUET,
        ".json": OutcomeForm.JSON,
        ".jsonl": OutcomeForm.JSON,
        ".ndjson": OutcomeForm.JSON,
    }
)


class FormUnknown(KingmakerError):
    """The request does not say how its outcomes are written."""

    code = "form_unknown"


@asynccontextmanager
async def sent_outcomes(request: Request, workspace: Path) -> AsyncIterator[tuple[Path, OutcomeForm]]:
    """The outcomes as a file that is there while the block runs. Raises TooLarge, Unfinished, FormUnknown."""
    content_type = request.headers.get("content-type", "")
    if _type(content_type) != MULTIPART:
        form = _form(content_type, "")
        async with arriving(request, workspace, MAX_OUTCOME_BYTES) as path:
            yield path, form
        return
    sent = await _sent_file(request)
    try:
        async with new_file(workspace) as path:
            await asyncio.to_thread(_copy, sent, path)
            yield path, _form(sent.content_type or "", sent.filename or "")
    finally:
        await sent.close()


async def _sent_file(request: Request) -> UploadFile:
    """The one file of the form; its bytes are on the disk beyond the first mebibyte."""
    stream = cast("AsyncGenerator[bytes, None]", pieces(request, MAX_OUTCOME_BYTES))
    try:
        found = await MultiPartParser(request.headers, stream, max_files=1, max_fields=16).parse()
    except MultiPartException as error:
        raise FormUnknown(f"the form cannot be read ({error.message})", remedy="Send one file.") from None
    files = [one for one in found.values() if not isinstance(one, str)]
    if not files:
        raise FormUnknown("the form holds no file", remedy="Send the outcomes as its one file.")
    return cast("UploadFile", files[0])


def _copy(sent: UploadFile, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)


def _form(content_type: str, name: str) -> OutcomeForm:
    """By the type; where that says nothing, by the end of the file's name."""
    found = FORMS.get(_type(content_type)) or _SUFFIXES.get(PurePath(name).suffix.lower())
    if found is None:
        raise FormUnknown(
            f"outcomes are not read as {content_type[:80] or 'a body without a type'}",
            where="Content-Type",
            remedy=f"Send {', '.join(FORMS)}, or {MULTIPART} with one such file.",
        )
    return found


def _type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()
