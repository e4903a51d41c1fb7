"""What an audit entry is about: `kind/key`, where the key begins with a pipeline or is the number of a run or a request."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from kingmaker.adapters.ledgers import centre_tables, tables

_BY_PIPELINE: Final = (
    "model_version",
    "champion_turn",
    "champion_freeze",
    "companion_change",
    "look",
    "budget_reset",
    "declared",
    "schedule",
    "outcome_file",
)
_BY_NUMBER: Final = {
    "run": tables.run,
    "verdict": tables.run,
    "request": centre_tables.queued_request,
    "erasure": centre_tables.erasure,
}
"""Whose row says the pipeline. What is of neither kind (tokens, people, the house) is about no pipeline."""


def is_about(pipelines: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether an audit entry is about one of these pipelines."""
    subject = tables.audit.c.subject
    named = [f"{kind}/{pipeline}" for kind in _BY_PIPELINE for pipeline in pipelines]
    found: list[sa.ColumnElement[bool]] = [subject.in_(named)]
    found += [subject.startswith(f"{name}/", autoescape=True) for name in named]
    for kind, table in _BY_NUMBER.items():
        name = sa.literal(f"{kind}/").concat(sa.cast(table.c.number, sa.Text))
        found.append(subject.in_(sa.select(name).where(table.c.pipeline.in_(pipelines))))
    return sa.or_(*found)
