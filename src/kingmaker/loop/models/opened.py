"""A version's bundle opened once and kept: reading and proving it again for every look would take longer than the look."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.proof import golden_arrays, prove
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.bundle.reasons.contents import ReasonsUnavailable
from kingmaker.bundle.reasons.explainer import Explainer, explainer_of
from kingmaker.bundle.scorer import Floats, Scorer, Texts
from kingmaker.loop.bundles import archive_of
from kingmaker.ports.house import House

KEPT: Final = 4
"""Versions that people look at side by side; a bundle of a thousand trees takes tens of megabytes."""


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A proven bundle. `explainer` is None where the bundle tells no reasons, and `no_reasons` says why then."""

    bundle: Bundle
    scorer: Scorer
    explainer: Explainer | None
    no_reasons: str
    bytes: int

    @property
    def golden(self) -> tuple[Floats | None, Texts | None]:
        """The golden rows as the scorer takes them."""
        return golden_arrays(self.bundle.golden.rows)


def opened_model(house: House, pipeline: str, version: str) -> OpenedModel:
    """Verified in the vault each time, opened and proven the first time. Raises NotFound for no such version, BundleRefused."""
    known = house.ledger.version(pipeline, version)
    return _opened(archive_of(house, pipeline, known.version), known.archive, tuple(house.trusted()))


@lru_cache(maxsize=KEPT)
def _opened(path: Path, digest: str, trusted: Sequence[PublicKey]) -> OpenedModel:
    """The same digest is the same bytes, whose answers never change."""
    del digest
    bundle = open_bundle(path, trusted=trusted)
    scorer = prove(bundle)
    explainer, no_reasons = None, ""
    try:
        explainer = explainer_of(bundle)
    except ReasonsUnavailable as unavailable:
        no_reasons = unavailable.sentence()
    return OpenedModel(bundle, scorer, explainer, no_reasons, path.stat().st_size)
