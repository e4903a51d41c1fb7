"""What routes take, parsed strictly: names, numbers, versions and reasons within bounds."""

from typing import Annotated, Final

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

LARGEST: Final = 2**31 - 1
"""The largest number that the ledger counts to."""

PIPELINE: Final = "^[a-z][a-z0-9_-]{0,62}$"
"""As a declaration may name a pipeline: no other was ever made."""

PipelineName = Annotated[str, Path(pattern=PIPELINE)]
OfPipeline = Annotated[str | None, Query(pattern=PIPELINE)]
RunNumber = Annotated[int, Path(ge=1, le=LARGEST)]
VersionPrefix = Annotated[str, Path(min_length=6, max_length=64, pattern="^[0-9a-f]+$")]
Limit = Annotated[int, Query(ge=1, le=1000)]

Version = Annotated[str, Field(min_length=6, max_length=64, pattern="^[0-9a-f]+$")]
"""A digest or its first digits."""


class Said(BaseModel):
    """The body of whatever changes something. `why` is kept in the audit log."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    why: str = Field(min_length=1, max_length=2000)
