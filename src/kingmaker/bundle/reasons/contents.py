"""What reasons rest on and the graph does not tell: `reasons.json`, as plain data."""

from dataclasses import dataclass

from kingmaker.bundle.encoding import from_json
from kingmaker.bundle.names import REASONS
from kingmaker.domain.errors import BundleRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """`origins` has an entry for each part that the margin is split into, the raw columns that it stems from, in equal shares.

    The parts of a model of trees are the columns that its trees read; `covers` then is how much of the training came to
    each leaf, in the order of the graph's leaves. The parts of another model are the graph's `terms`; `averages` then is what
    each term was on average over the rows that the model was fitted on.
    """

    origins: tuple[tuple[str, ...], ...]
    averages: tuple[float, ...] = ()
    covers: tuple[float, ...] = ()


class ReasonsUnavailable(BundleRefused):
    """The bundle holds nothing that reasons could rest on."""

    code = "reasons_unavailable"


def grounds_in(data: bytes | None, *, where: str) -> Grounds:
    """Read `reasons.json`; `where` names the bundle. Raises ReasonsUnavailable for None, BundleRefused for another file."""
    if data is None:
        raise ReasonsUnavailable(
            f"the bundle has no `{REASONS}`, so its model cannot tell reasons",
            where=where,
            remedy="Ask for no reasons, or publish a new version; one whose learner tells the covers of its trees has reasons.",
        )
    return from_json(data, Grounds, where=f"{where}, {REASONS}")
