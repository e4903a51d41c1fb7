"""Draft: the pipeline file that `kingmaker init` writes from nothing but a data file, with a reason for every guess."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

import polars as pl

from kingmaker.cohort import guesses
from kingmaker.cohort.dates import as_dates
from kingmaker.cohort.judgement import judge
from kingmaker.cohort.roles import ROW_NUMBER
from kingmaker.domain.errors import DataRefused, DeclarationError, SourceError
from kingmaker.domain.snapshot import LeftOut
from kingmaker.loop.draft_personal import Personal, personal_of
from kingmaker.loop.draft_text import Guess, text_of
from kingmaker.pipeline.declaration import Cleaning, LeakTreatment, SourceDeclaration
from kingmaker.pipeline.reading import parse_pipeline
from kingmaker.ports.source import Reading, Source


class Answers(TypedDict, total=False):
    """What a person has already said; absent or None is guessed. `outcome` is a date column, `target` a ready label."""

    name: str | None
    table: str | None
    identity: str | None
    customer: str | None
    target: str | None
    bad: str | None
    time: str | None
    outcome: str | None
    horizon: str | None


def draft_pipeline(file: Path, *, source: Source, folder: Path | None = None, **answers: Unpack[Answers]) -> str:
    """The text of a pipeline file for `file`, to be written into `folder` (default: beside the file).

    The data check and the leak guard have run over the whole file, as of its last date; columns that they found are
    forbidden with the reason beside them. Raises SourceError, and DeclarationError when no outcome can be guessed.
    """
    raw, personal = _read(file, source, answers)
    first = _guess(raw, file, folder or file.parent, answers)
    first = replace(first, drop=personal.drop, pseudonymise=personal.pseudonymise)
    text = text_of(first)
    forbid, notes = _looked_at(raw, text, first)
    text = text_of(_with(first, forbid, notes))
    parse_pipeline(text, "draft")
    return text


def _read(file: Path, source: Source, answers: Answers) -> tuple[pl.DataFrame, Personal]:
    """The rows, without the personal data that was seen in them."""
    declaration = SourceDeclaration(file=file.name, table=answers.get("table"))
    reading = Reading(declaration=declaration, folder=file.parent, as_of=date.max)
    names = set(filter(None, (answers.get("identity"), answers.get("customer"))))
    keep = set(filter(None, (answers.get("target"), answers.get("time"), answers.get("outcome"))))
    with tempfile.TemporaryDirectory(prefix="kingmaker-draft-") as scratch:
        try:
            personal = personal_of(source, reading, names=names, keep=keep)
            reading = replace(reading, mask=personal.mask())
            extracted = source.extract(reading, Path(scratch), lambda _: None)
        except SourceError as error:  # who drafts has no file yet in which a key could be set
            remedy = error.remedy.replace("in `source.table`", "with `--table`")
            raise SourceError(error.what, where=error.where, remedy=remedy) from error
        return pl.read_parquet(list(extracted.parts), memory_map=False), personal


def _guess(raw: pl.DataFrame, file: Path, folder: Path, answers: Answers) -> Guess:
    _check_answers(raw, answers)
    date_format = guesses.guess_date_format(raw)
    dates = guesses.date_columns(raw, date_format)
    applied_at = answers.get("time") or guesses.guess_applied_at(raw, dates)
    observed_at = answers.get("outcome")
    if observed_at is None and answers.get("target") is None and applied_at is not None:
        observed_at = guesses.guess_observed_at(raw, dates)
    label = None if observed_at else answers.get("target") or next(iter(guesses.label_columns(raw)), None)
    if observed_at is None and label is None:
        raise _no_outcome(raw, file)
    identity = answers.get("identity") or guesses.guess_id(raw, (answers.get("customer"), label, *dates))
    customer = answers.get("customer") or guesses.guess_customer(raw, identity)
    roles = (identity, customer, applied_at, observed_at, label)
    rest = [name for name in raw.columns if name not in roles]
    return Guess(
        name=answers.get("name") or _name_of(file),
        file=os.path.relpath(file.resolve(), folder.resolve()),
        table=answers.get("table"),
        date_format=date_format,
        identity=identity,
        customer=customer,
        applied_at=applied_at,
        observed_at=observed_at,
        label=label,
        bad=answers.get("bad") or (guesses.guess_bad(raw[label]) if label else ""),
        horizon=answers.get("horizon") or "12 months",
        amount=guesses.guess_amount(raw, roles),
        codes=tuple(guesses.guess_codes(raw, rest, Cleaning().max_levels)),
        protected=tuple(guesses.guess_protected(rest)),
        forbid=tuple(_forbidden_by_name(raw, rest)),
    )


def _check_answers(raw: pl.DataFrame, answers: Answers) -> None:
    for name in (
        answers.get("identity"),
        answers.get("customer"),
        answers.get("target"),
        answers.get("time"),
        answers.get("outcome"),
    ):
        if name is not None and name not in raw.columns and name != ROW_NUMBER:
            raise DeclarationError(f"`{name}` is not a column of the file", remedy=f"It has {', '.join(raw.columns)}.")


def _no_outcome(raw: pl.DataFrame, file: Path) -> DeclarationError:
    message = "no column could be recognised as the outcome"
    remedy = (
        "Say which it is: `--target COLUMN` for a ready good/bad column, `--outcome COLUMN` for the date of default."
    )
    return DeclarationError(message, where=file.name, remedy=f"{remedy} The columns are {', '.join(raw.columns)}.")


def _name_of(file: Path) -> str:
    name = re.sub(r"[^a-z0-9_-]+", "-", file.stem.lower()).strip("-_")
    return (name if name[:1].isalpha() else f"pipeline-{name}").rstrip("-")[:63]


def _forbidden_by_name(raw: pl.DataFrame, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    labels = guesses.label_columns(raw)
    late = guesses.known_afterwards(names)
    for name in names:
        if name in labels:
            yield name, "it looks like another form of the outcome"
        elif name in late:
            yield (
                name,
                "its name speaks of something after the decision: take it out of this list if it was known before",
            )


def _looked_at(raw: pl.DataFrame, text: str, guess: Guess) -> tuple[list[LeftOut], list[str]]:
    """Leaks that the guard finds over the whole file, and the sentences of a refusal."""
    pipeline = parse_pipeline(text, "draft")
    # The columns forbidden by their names are looked at too: what they prove to be is the better reason.
    features = pipeline.features.model_copy(update={"forbid": (), "leaks": LeakTreatment.FORBID})
    try:
        _, columns, _ = judge(raw, pipeline.model_copy(update={"features": features}), _last_date(raw, guess))
    except DataRefused as refused:
        return [], refused.what.splitlines()
    leaks = [left for left in columns.left_out if left.reason.startswith(("a leak", "a date that lies after"))]
    return leaks, [finding.sentence for finding in columns.findings if finding.check not in {"leak", "late_date"}]


def _last_date(raw: pl.DataFrame, guess: Guess) -> date:
    """The last day the file knows of; any day where it knows none."""
    columns = [name for name in (guess.applied_at, guess.observed_at) if name is not None]
    days = [as_dates(raw[name], guess.date_format).max() for name in columns]
    return max((day for day in days if isinstance(day, date)), default=date.min)


def _with(guess: Guess, leaks: Sequence[LeftOut], notes: Sequence[str]) -> Guess:
    forbid = dict(guess.forbid) | {left.column: left.reason for left in leaks}
    return replace(guess, forbid=tuple(forbid.items()), notes=tuple(notes))
