"""Learners by name. A package brings its own by an entry point in the group `kingmaker.learners`.

A learner that no package offers is named by its place, `package.module:Class`; the module must be importable.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points

from kingmaker.domain.errors import DeclarationError
from kingmaker.ports.learner import Learner

GROUP = "kingmaker.learners"


def learner_names() -> tuple[str, ...]:
    """Names of all installed learners, sorted. Imports none of them."""
    return tuple(sorted(entry_points(group=GROUP).names))


def learner(name: str) -> Learner:
    """The learner of that name or place. Raises DeclarationError, naming the nearest known one, when there is none."""
    if ":" in name:
        return _learner_at(name)
    check_names([name])
    found: Learner = entry_points(group=GROUP)[name].load()()
    return found


def check_names(names: Sequence[str]) -> None:
    """Raises as `learner` does, but imports only what is named by its place: a library takes a second or two to load."""
    named = [name for name in names if ":" not in name]
    for place in names:
        if ":" in place:
            _learner_at(place)
    installed = learner_names() if named else ()
    for name in named:
        if name not in installed:
            raise _unknown(name, installed)


def _unknown(name: str, installed: Sequence[str]) -> DeclarationError:
    nearest = get_close_matches(name, installed, n=1, cutoff=0.0)
    return DeclarationError(
        f"no learner is called `{name}`",
        where="training.learners",
        remedy=f"Did you mean `{nearest[0]}`? Installed are {', '.join(installed)}."
        if nearest
        else "None is installed.",
    )


def _learner_at(place: str) -> Learner:
    module, _, name = place.partition(":")
    try:
        found: Learner = getattr(import_module(module), name)()
    except (ImportError, AttributeError) as error:
        raise DeclarationError(
            f"no learner stands at `{place}`: {error}",
            where="training.learners",
            remedy="Write `package.module:Class`, and start Kingmaker where that module can be imported.",
        ) from error
    return found
