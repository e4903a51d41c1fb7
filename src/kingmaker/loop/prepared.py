"""What preparing leaves behind: matrices and rows as mappable files in the vault, and the recipes they were made with."""

import hashlib
from dataclasses import dataclass, replace

import msgspec
import numpy as np

ROW = np.dtype(
    [
        ("bad", "f8"),
        ("weight", "f8"),
        ("year", "i8"),
        ("selection", "?"),
        ("holdout", "?"),
        ("duplicate", "?"),
        ("noise", "?"),
    ]
)
"""One row of `rows.npy`. `year` is that of the application, 0 without dates.

Neither `selection` nor `holdout`: a fitting row. Only those can be `duplicate` or `noise`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedVariant:
    """One recipe variant. `matrix` is the digest of a .npy file: doubles [train rows then selection rows, outputs]."""

    name: str
    recipe: str
    """Vault digest of the recipe's JSON."""
    matrix: str
    outputs: tuple[str, ...]
    monotone: tuple[int, ...]
    """For each output -1, 0 or +1: the direction that pd must keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The prepared snapshot. `rows` is the digest of a .npy file of ROW records, in the order of the matrices' rows."""

    digest: str
    """Covers every other field but `snapshot`: two equal digests are the same numbers to train on, whatever the day."""
    snapshot: str
    rows: str
    variants: tuple[PreparedVariant, ...]
    fitting_rows: int
    fitting_bads: int
    holdout_rows: int
    holdout_bads: int
    selection_rows: int
    selection_bads: int
    thinned_goods: int
    """Good loans of the train window that were left out, and are stood for by the weights of those kept."""

    @property
    def recipes(self) -> dict[str, str]:
        """Vault digest of the recipe's JSON, by variant name."""
        return {variant.name: variant.recipe for variant in self.variants}

    def variant(self, name: str) -> PreparedVariant:
        return next(variant for variant in self.variants if variant.name == name)

    def sealed(self) -> "Prepared":
        """The same with `digest` filled in."""
        content = msgspec.json.encode(replace(self, digest="", snapshot=""), order="deterministic")
        return replace(self, digest=hashlib.sha256(content).hexdigest())


def prepared_to_json(prepared: Prepared) -> bytes:
    return msgspec.json.encode(prepared, order="deterministic")


def prepared_from_json(data: bytes) -> Prepared:
    """The inverse of `prepared_to_json`. Raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Prepared)
