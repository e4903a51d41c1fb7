"""Masked columns that the declaration needs elsewhere: what is dropped is not there, and a pseudonym is no date or feature."""

from collections.abc import Iterator
from typing import Final

from kingmaker.pipeline.declaration import Pipeline

_WHERE_PSEUDONYMS_SERVE: Final = ("id", "customer", "source.joins.on", "features.protected")
"""They tell whether two rows are of one customer, and nothing else."""


def contradictions(pipeline: Pipeline) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each masked column that is named where it cannot serve: its place in the declaration, and a sentence."""
    needed = list(_needed(pipeline))
    for number, column in enumerate(pipeline.pii.drop):
        where = [place for place, name in needed if name == column]
        if where:
            sentence = f"`{column}` is dropped, but {_listed(where)} needs it: pseudonymise it, or take it out of one"
            yield ("pii", "drop", number), sentence
    for number, column in enumerate(pipeline.pii.pseudonymise):
        where = [place for place, name in needed if name == column and place not in _WHERE_PSEUDONYMS_SERVE]
        if where:
            sentence = (
                f"`{column}` is pseudonymised, but {_listed(where)} needs its value: a pseudonym only names a customer or an "
                "application"
            )
            yield ("pii", "pseudonymise", number), sentence


def _needed(pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """Every place of the declaration that needs a column, with the column's name."""
    outcome, acceptance, features = pipeline.outcome, pipeline.acceptance, pipeline.features
    single = {
        "id": pipeline.id,
        "customer": pipeline.customer,
        "applied_at": pipeline.applied_at,
        "outcome.observed_at": outcome.observed_at,
        "outcome.label": outcome.label,
        "amount": pipeline.amount,
        "acceptance.explored": acceptance.explored,
        "acceptance.propensity": acceptance.propensity,
    }
    yield from ((place, name) for place, name in single.items() if name is not None)
    several = {
        "features.include": () if features.include == "auto" else features.include,
        "features.allow": features.allow,
        "features.monotone": features.monotone,
        "features.protected": features.protected,
        "features.kinds": features.kinds,
        "features.available_at": [*features.available_at, *features.available_at.values()],
        "cleaning.columns": pipeline.cleaning.columns,
        "source.partitioned_by": pipeline.source.partitioned_by,
        "source.joins.on": [name for join in pipeline.source.joins for name in join.on],
        "source.joins.available_at": [join.available_at for join in pipeline.source.joins],
    }
    yield from ((place, name) for place, names in several.items() for name in names)


def _listed(places: list[str]) -> str:
    return " and ".join(f"`{place}`" for place in dict.fromkeys(places))
