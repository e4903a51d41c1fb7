"""What every part of a declaration is made of: frozen models, spans of time, days."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class Part(BaseModel):
    """A part of the declaration: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


_SPAN = re.compile(r"^\s*(\d+)\s*(day|week|month|year)s?\s*$")


class Span(Part):
    """A length of calendar time, written `24 months`, `30 days`, `2 years`."""

    count: int = Field(ge=0)
    unit: Literal["day", "week", "month", "year"]

    def polars_offset(self) -> str:
        """The same span in the notation of polars' `offset_by`."""
        return f"{self.count}{ {'day': 'd', 'week': 'w', 'month': 'mo', 'year': 'y'}[self.unit] }"

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def _read_span(value: object) -> object:
    if isinstance(value, str):
        found = _SPAN.match(value)
        if not found:
            message = f"{value!r} is not a span of time: write for instance `24 months`, `30 days` or `2 years`"
            raise ValueError(message)
        return {"count": int(found[1]), "unit": found[2]}
    return value


def _check_date(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        message = f"{value!r} is not a date: write it as YYYY-MM-DD"
        raise ValueError(message) from error


DateText = Annotated[str, AfterValidator(_check_date)]
SpanText = Annotated[Span, BeforeValidator(_read_span, json_schema_input_type=str)]
