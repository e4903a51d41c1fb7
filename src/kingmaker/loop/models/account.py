"""A model account: what a version's bundle tells of itself, and when it was in force."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kingmaker.domain.champion import ChampionTurn
from kingmaker.loop.model_records import ColumnWeight, InForce, ModelAccount
from kingmaker.loop.models.opened import OpenedModel, opened_model
from kingmaker.ports.house import House


def model_account(house: House, pipeline: str, version: str) -> ModelAccount:
    """`version` is a digest or its first digits. Raises NotFound for no such version, BundleRefused."""
    known = house.ledger.version(pipeline, version)
    model = opened_model(house, pipeline, known.version)
    bundle = model.bundle
    return ModelAccount(
        version=known,
        key=bundle.key,
        bytes=model.bytes,
        manifest=bundle.manifest,
        schema=bundle.schema,
        cut_offs=bundle.cut_offs,
        lineage=bundle.lineage,
        golden=bundle.golden.rows,
        weights=_weights(model),
        no_reasons=model.no_reasons,
        in_force=in_force(house.ledger.history(pipeline), known.version),
    )


def in_force(history: Sequence[ChampionTurn], version: str) -> tuple[InForce, ...]:
    """The turns of a version, oldest first: each lasts until the next turn of anybody."""
    return tuple(
        InForce(turn=turn, until=after.since if after else None)
        for turn, after in pairwise([*history, None])
        if turn is not None and turn.version == version
    )


def _weights(model: OpenedModel) -> tuple[ColumnWeight, ...]:
    if model.explainer is None:
        return ()
    means = np.abs(model.explainer.points(*model.golden)).mean(axis=0).tolist()
    found = [ColumnWeight(column=name, points=mean) for name, mean in zip(model.explainer.columns, means, strict=True)]
    return tuple(sorted(found, key=lambda one: (-one.points, one.column)))
