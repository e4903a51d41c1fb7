"""What most commands take: a pipeline, a run, a reason. And which pipeline is meant when none is named."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from kingmaker.control.verbs import Verbs
from kingmaker.domain.errors import KingmakerError, NotFound
from kingmaker.interfaces.cli.desk import Desk

PipelineName = Annotated[
    str | None, typer.Option("--pipeline", help="The pipeline; may be left out when there is only one.")
]
OnePipeline = Annotated[str | None, typer.Argument(help="The pipeline; may be left out when there is only one.")]
Why = Annotated[str, typer.Option(help="The reason, kept in the audit log.")]
RunNumber = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="Run number, as `kingmaker runs` lists it.")]


def pipeline_meant(desk: Desk, verbs: Verbs, name: str | None, *, asked: str = "--pipeline") -> str:
    """Raises NotFound when it cannot be told, with `asked` as what to say."""
    return pipeline_among([line.pipeline for line in verbs.pipelines()], name, asked=asked, where=desk.place)


def pipeline_among(
    known: Sequence[str], name: str | None, *, asked: str = "--pipeline", where: str = "in this home"
) -> str:
    """The one that is named, or the only one that there is. Raises NotFound."""
    if name is not None:
        if name not in known:
            raise NotFound(f"no pipeline {name!r} has run {where}", remedy=f"Known: {', '.join(known) or 'none'}.")
        return name
    if len(known) != 1:
        raise NotFound(
            f"no pipeline has run {where} yet" if not known else f"there are several pipelines {where}",
            remedy=f"Say {asked}: {', '.join(known)}." if known else "`kingmaker run PIPELINE.yaml` starts one.",
        )
    return known[0]


def reason_given(why: str) -> str:
    """The reason without blanks around it. Raises KingmakerError when nothing is left."""
    if not why.strip():
        raise KingmakerError("the reason is empty", remedy="Say --why '...': it is kept in the audit log.")
    return why.strip()


def day_named(text: str) -> date:
    """Raises KingmakerError for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise KingmakerError(
            f"--as-of {text!r} is not a day", remedy="Write it as YYYY-MM-DD, for instance 2010-12-31."
        ) from None


def moment_named(text: str, option: str) -> datetime:
    """UTC where it names no zone. Raises KingmakerError for what is no time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise KingmakerError(
            f"{option} {text!r} is not a time", remedy="Write it as YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS (UTC)."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
