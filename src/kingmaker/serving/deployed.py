"""A version ready to answer: its bundle, proven here and now, and the scorer that passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.proof import prove_for_files
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.bundle.scorer import Scorer
from kingmaker.domain.errors import BundleRefused
from kingmaker.domain.pointer import Placed
from kingmaker.serving.memory import give_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """Immutable, and safe for several threads."""

    bundle: Bundle
    scorer: Scorer

    @property
    def version(self) -> str:
        return self.bundle.version


def deploy(path: Path, placed: Placed, pipeline: str, *, trusted: Sequence[PublicKey]) -> Deployed:
    """Verify, check and prove a bundle file. Raises BundleRefused with the first reason not to serve it."""
    bundle = open_bundle(path, trusted=trusted)
    if bundle.version != placed.version or bundle.pipeline != pipeline:
        raise BundleRefused(
            f"the bundle is version {bundle.short} of {bundle.pipeline}, and the pointer names version "
            f"{placed.version[:12]} of {pipeline}",
            where=str(path),
            remedy="Do not use it, and ask its publisher for the original.",
        )
    deployed = Deployed(bundle=bundle, scorer=prove_for_files(bundle))
    give_back()
    return deployed
