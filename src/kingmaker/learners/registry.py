"""Learners by name. A package brings its own by an entry point in the group `kingmaker.learners`."""

from difflib import get_close_matches
from importlib.metadata import entry_points

from kingmaker.domain.errors import DeclarationError
from kingmaker.ports.learner import Learner

GROUP = "kingmaker.learners"


def learner_names() -> tuple[str, ...]:
    """Names of all installed learners, sorted. Imports none of them."""
    return tuple(sorted(entry_points(group=GROUP).names))


def learner(name: str) -> Learner:
    """The learner of that name. Raises DeclarationError, naming the nearest known one, when none is installed."""
    names = learner_names()
    if name not in names:
        nearest = get_close_matches(name, names, n=1, cutoff=0.0)
        raise DeclarationError(
            f"no learner is called `{name}`",
            where="training.learners",
            remedy=f"Did you mean `{nearest[0]}`? Installed are {', '.join(names)}."
            if nearest
            else "None is installed.",
        )
    found: Learner = entry_points(group=GROUP)[name].load()()
    return found
