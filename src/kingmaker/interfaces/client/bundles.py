"""Whose a bundle is that arrived: opened with the keys that the control centre names. Loaded when one arrives."""

from collections.abc import Sequence
from pathlib import Path

from kingmaker.bundle.keys import PublicKey
from kingmaker.bundle.reading import open_bundle
from kingmaker.control.records import KeyTold


def signed_by(bundle: Path, keys: Sequence[KeyTold]) -> tuple[str, str]:
    """(version, name of the key) of a bundle whose signature and digests are in order. Raises BundleRefused."""
    opened = open_bundle(bundle, trusted=[PublicKey.of(key.text) for key in keys])
    return opened.version, opened.key
