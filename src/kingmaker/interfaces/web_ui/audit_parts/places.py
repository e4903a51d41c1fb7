"""Where pages show what an audit entry is about."""

from typing import Final

_PLACES: Final = {
    "run": "/runs/{0}",
    "verdict": "/runs/{0}/verdict",
    "model_version": "/pipelines/{0}/models/{1}",
    "champion_turn": "/pipelines/{0}",
    "champion_freeze": "/pipelines/{0}",
    "companion_change": "/pipelines/{0}",
    "look": "/pipelines/{0}",
    "budget_reset": "/pipelines/{0}",
    "outcome_file": "/pipelines/{0}/monitoring",
    "declared": "/pipelines/{0}/declaration?number={1}",
    "schedule": "/schedules",
    "replay": "/replays/{0}",
}
"""By the subject's kind, with the parts of its key in order."""


def place_of(subject: str) -> str | None:
    """The address of what `kind/key` names; None for what has no page of its own."""
    kind, _, key = subject.partition("/")
    place = _PLACES.get(kind)
    parts = key.split("/")
    return None if place is None or len(parts) < place.count("{") else place.format(*parts)
