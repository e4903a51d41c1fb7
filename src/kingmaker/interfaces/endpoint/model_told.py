"""GET /model: which version answers, where it comes from, how it decides, and what is tried beside it."""

from typing import Any

import msgspec

from kingmaker.bundle.reading import Bundle
from kingmaker.interfaces.endpoint.exchange import Exchange
from kingmaker.interfaces.endpoint.router import Router
from kingmaker.interfaces.endpoint.scoring import standing_lineup
from kingmaker.serving.desk import Desk
from kingmaker.serving.lineup import Lineup


class ModelTold:
    """Tells what is in force. The answer is made once a line-up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: tuple[Lineup, bytes] | None = None

    def add_routes(self, router: Router) -> None:
        router.add("GET", "/model", self.model)

    def model(self, exchange: Exchange) -> None:
        lineup = standing_lineup(self._desk)
        if self._told is None or self._told[0] is not lineup:
            self._told = (lineup, msgspec.json.encode(model_told(lineup)))
        exchange.answer(200, self._told[1])


def model_told(lineup: Lineup) -> dict[str, Any]:
    """Everything about the champion but its inputs, which GET /schema tells."""
    pointer, bundle = lineup.standing.pointer, lineup.champion.deployed.bundle
    return {
        "pipeline": pointer.pipeline,
        "version": bundle.short,
        "digest": bundle.version,
        "edition": pointer.edition,
        "turn": pointer.turn,
        "since": pointer.since,
        "reason": pointer.reason,
        "why": pointer.why,
        "shadows": [lane.short for lane in lineup.shadows],
        "canary": {"version": lineup.canary.short, "share": lineup.share} if lineup.canary else None,
        "signed_by": bundle.key,
        "parity": bundle.manifest.parity,
        "pins": bundle.manifest.pins,
        "thresholds": _thresholds(bundle),
        "lineage": _lineage(bundle),
    }


def _thresholds(bundle: Bundle) -> dict[str, Any]:
    thresholds = bundle.cut_offs.thresholds
    return {
        "approve_from": thresholds.approve_from,
        "approval_rate": thresholds.approval_rate,
        "scale": thresholds.scale,
        "grades": [
            {"name": grade.name, "lowest_score": grade.lowest_score, "share": grade.share, "bad_rate": grade.bad_rate}
            for grade in thresholds.grades
        ],
    }


def _lineage(bundle: Bundle) -> dict[str, Any]:
    lineage = bundle.lineage
    return {
        "learner": lineage.learner,
        "as_of": lineage.as_of,
        "snapshot": lineage.snapshot,
        "declaration": lineage.declaration,
        "trial": lineage.trial,
        "published_as": lineage.published_as,
        "fitted_until": lineage.fitted_until,
        "fitted_rows": lineage.fitted_rows,
    }
