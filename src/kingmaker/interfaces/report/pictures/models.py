"""Which models a picture shows: the champion first, so that the challenger is drawn over it."""

from kingmaker.domain.evidence import Evidence, ModelEvidence
from kingmaker.interfaces.report.drawing.figure import CHALLENGER, CHAMPION, Key

Model = tuple[Key, ModelEvidence]


def models_of(evidence: Evidence) -> tuple[Model, ...]:
    """The models with evidence; none, one or both."""
    both = ((CHAMPION, evidence.champion), (CHALLENGER, evidence.challenger))
    return tuple((key, model) for key, model in both if model is not None)


def keys_of(models: tuple[Model, ...]) -> tuple[Key, ...]:
    return tuple(key for key, _ in models)
