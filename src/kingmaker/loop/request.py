"""A request becomes a run: the same request asked twice is one run, and one pipeline has one run at a time."""

import hashlib
from datetime import date, timedelta
from pathlib import Path

from kingmaker.domain.errors import NotFound, RunRefused
from kingmaker.domain.run import Lease, Request, Run, RunState
from kingmaker.learners.registry import check_names
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.pipeline.schema import declaration_digest
from kingmaker.ports.house import House

TIME_ZONES = timedelta(hours=14)
"""How far the day of the easternmost time zone is ahead of UTC."""


def request_run(house: House, file: Path, *, as_of: date, by: str) -> tuple[Run, Lease]:
    """Read the pipeline file and open (or take up again) its run as of that day.

    Raises DeclarationError for the file, RunRefused for a day to come or while another run of the pipeline is under way.
    """
    refuse_day_to_come(house, as_of)
    return house.ledger.open_run(request_of(text_of(file), file, as_of=as_of, by=by), house.holder)


def refuse_day_to_come(house: House, as_of: date) -> None:
    """Raises RunRefused."""
    if as_of > (house.clock() + TIME_ZONES).date():
        raise RunRefused(
            f"{as_of.isoformat()} is still to come: loans whose windows are open would count as good",
            where="--as-of",
            remedy="Name a day that has passed, or leave it out for today.",
        )


def request_of(text: str, file: Path, *, as_of: date, by: str) -> Request:
    """The request for a run of the pipeline that `text` declares; its relative paths start from the folder of `file`.

    Raises DeclarationError, also for a learner that is not installed.
    """
    pipeline = parse_pipeline(text, str(file))
    check_names(pipeline.training.learners)
    digest = declaration_digest(pipeline)
    return Request(
        key=hashlib.sha256(f"{pipeline.pipeline}\n{digest}\n{as_of.isoformat()}".encode()).hexdigest(),
        pipeline=pipeline.pipeline,
        declaration=text,
        declaration_digest=digest,
        declared_in=str(file.resolve()),
        as_of=as_of,
        requested_by=by,
    )


def text_of(file: Path) -> str:
    """What the pipeline file says. Raises NotFound when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFound(
            "there is no such pipeline file",
            where=str(file),
            remedy="`kingmaker init DATA_FILE` writes one from your data.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise NotFound(
            f"the pipeline file cannot be read ({reason})", where=str(file), remedy="Name a YAML file saved as UTF-8."
        ) from None


def resume_run(house: House, number: int | None) -> tuple[Run, Lease]:
    """Take an unfinished run up again; without a number, the newest one.

    Raises NotFound for no such run, RunRefused when it is over or somebody else works on it.
    """
    if number is not None:
        return house.ledger.resume_run(number, house.holder)
    unfinished = [run for run in house.ledger.runs(limit=1000) if run.state is RunState.RUNNING]
    if not unfinished:
        raise RunRefused("there is no unfinished run", remedy="`kingmaker run PIPELINE.yaml` starts one.")
    return house.ledger.resume_run(unfinished[0].number, house.holder)
