"""The words of a drafted pipeline file."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kingmaker.cohort.roles import ROW_NUMBER

_WORDS_OF_YAML = {"", "true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Everything the text is written from. `forbid`, `drop` and `pseudonymise` pair a column with its reason; `notes` are
    remarks on the data.
    """

    name: str
    file: str
    table: str | None
    date_format: str | None
    identity: str | None
    customer: str | None
    applied_at: str | None
    observed_at: str | None
    label: str | None
    bad: str
    horizon: str
    amount: str | None
    codes: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    forbid: tuple[tuple[str, str], ...] = ()
    drop: tuple[tuple[str, str], ...] = ()
    pseudonymise: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def text_of(guess: Guess) -> str:
    """The pipeline file as YAML, each guess with its comment."""
    parts = (
        _head(guess),
        _source(guess),
        _personal(guess),
        _roles(guess),
        _outcome(guess),
        _features(guess),
        _policy(),
    )
    return "\n\n".join(filter(None, ("\n".join(part) for part in parts))) + "\n"


def _head(guess: Guess) -> Iterator[str]:
    yield "# A first draft, guessed from the file. Read every line: each says why, and each may be wrong."
    for note in guess.notes:
        yield f"# Seen in the data: {note.rstrip('.')}."
    yield f"pipeline: {_scalar(guess.name)}"


def _source(guess: Guess) -> Iterator[str]:
    yield "source:"
    yield f"  file: {_scalar(guess.file)}"
    if guess.table:
        yield f"  table: {_scalar(guess.table)}"
    if guess.date_format:
        yield f'  date_format: "{guess.date_format}"'


def _personal(guess: Guess) -> Iterator[str]:
    if not guess.drop and not guess.pseudonymise:
        return
    yield "pii:  # masked before a row is kept on this machine; add names and addresses, which no pattern finds"
    for key, columns in (("drop", guess.drop), ("pseudonymise", guess.pseudonymise)):
        if columns:
            yield f"  {key}:"
            yield from (f"    - {_scalar(name)}  # {reason}" for name, reason in columns)


def _roles(guess: Guess) -> Iterator[str]:
    if guess.identity:
        yield f"id: {_scalar(guess.identity)}  # names the application: no value stands twice"
    else:
        yield f"id: {ROW_NUMBER}  # no column names the application, so its row does"
    if guess.customer:
        yield f"customer: {_scalar(guess.customer)}  # one customer never stands in two windows"
    if guess.applied_at:
        yield f"applied_at: {_scalar(guess.applied_at)}  # must be known when the decision is made"
    else:
        yield "applied_at: null  # no date was found: windows are a random split, drift cannot be judged"
    if guess.amount:
        yield f"amount: {_scalar(guess.amount)}  # for money figures"


def _outcome(guess: Guess) -> Iterator[str]:
    yield "outcome:"
    if guess.observed_at:
        yield f"  observed_at: {_scalar(guess.observed_at)}  # empty for loans that never went bad"
    else:
        yield f"  label: {_scalar(guess.label or '')}"
        yield f"  bad: {_scalar(guess.bad)}  # the value that means bad"
    if guess.applied_at:
        yield f"  horizon: {guess.horizon}  # a loan is judged so long after application, and only then"


def _features(guess: Guess) -> Iterator[str]:
    yield "features:"
    if guess.forbid:
        yield "  forbid:"
        yield from (f"    - {_scalar(name)}  # {reason}" for name, reason in guess.forbid)
    else:
        yield "  forbid: []  # the leak guard found nothing that knows the outcome"
    if guess.protected:
        yield "  protected:  # most laws keep these out of a credit decision: used for fairness reporting only"
        yield from (f"    - {_scalar(name)}" for name in guess.protected)
    codes = [name for name in guess.codes if name not in dict(guess.forbid)]
    if codes:
        yield "  kinds:  # numbers whose names say that they are codes"
        yield from (f"    {_scalar(name)}: category" for name in codes)


def _policy() -> Iterator[str]:
    yield "policy:"
    yield "  approval_rate: 0.70  # the share of applicants you approve"


def _scalar(text: str) -> str:
    """Text as YAML that reads as that text again, in quotes where it must be."""
    plain = re.fullmatch(r"[A-Za-z_][\w./ -]*\w|[A-Za-z_]", text) and text.lower() not in _WORDS_OF_YAML
    return text if plain else json.dumps(text, ensure_ascii=False)
