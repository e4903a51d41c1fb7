"""What lies in a bundle besides the graph: schema, golden rows, lineage, cut-offs and the manifest, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kingmaker.domain.snapshot import ColumnKind
from kingmaker.domain.thresholds import Calibration, Thresholds

FORMAT = 2
"""Grows when a reader of the older format would misread a bundle."""

READ_FORMATS = (1, 2)
"""What this release reads. Format 1 tells no reasons."""

MISSING_TEXTS = ("", "NA", "N/A", "NULL", "null", "None", "nan", "NaN")
"""Texts that mean missing in a text file, unless the pipeline said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelShare:
    """A category's level and its share of the reference rows whose value is not missing."""

    level: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class InputField:
    """One raw column the graph reads, with what it looked like when the model was fitted.

    `missing` is the share of missing values in [0, 1]. Numbers: `lowest`, `highest` (None when all are missing) and the
    inner bin edges with one share a bin, len(shares) == len(edges) + 1, bins being [edge, next edge). Categories: `levels`
    by falling share. Shares are of the values that are not missing and add up to 1.
    """

    name: str
    kind: ColumnKind
    missing: float
    lowest: float | None = None
    highest: float | None = None
    edges: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    levels: tuple[LevelShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSchema:
    """The raw columns in the order of the graph's inputs: numbers are the columns of `num`, categories those of `cat`."""

    fields: tuple[InputField, ...]
    id: str | None = None
    """Column that names an application, where the pipeline declared one."""
    missing_texts: tuple[str, ...] = MISSING_TEXTS
    """Texts that mean missing when the rows come from a text file."""

    @property
    def numbers(self) -> tuple[InputField, ...]:
        return tuple(field for field in self.fields if field.kind is ColumnKind.NUMBER)

    @property
    def categories(self) -> tuple[InputField, ...]:
        return tuple(field for field in self.fields if field.kind is ColumnKind.CATEGORY)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class CutOffs:
    """How the margin becomes pd, score, grade and decision; the graph holds the same numbers."""

    calibration: Calibration
    thresholds: Thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where the model comes from. Nothing in it differs between two runs on the same inputs: no clock, no run, no host."""

    snapshot: str
    """Digest of the snapshot."""
    declaration: str
    """Digest of the pipeline's declaration."""
    as_of: date
    trial: str
    """Content key of the winning trial."""
    seeds: tuple[int, ...]
    learner: str
    hyperparameters: Mapping[str, int | float | str | bool]
    packages: Mapping[str, str]
    """Versions of the packages that fitted the model."""
    published_as: str = "tested"
    """`tested`: the trial's own model; `refit`: the trial fitted again on all matured loans."""
    fitted_until: date | None = None
    """Newest application date among the rows that the model was fitted on; None without dates, and in older bundles."""
    fitted_rows: int | None = None
    """Rows that a refit was fitted on; None for a tested model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenRow:
    """One row and the graph's answer when it was published.

    `numbers` and `categories` are in schema order; a missing number is NaN (null in JSON), a missing category the empty
    text.
    """

    numbers: tuple[float | None, ...]
    categories: tuple[str, ...]
    margin: float
    pd: float
    score: int
    grade: str
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenRows:
    rows: tuple[GoldenRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """`sha256` is 64 lower-case hex digits, `size` is in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How far the graph's answers were from the native model's at publication."""

    rows: int
    largest_pd_difference: float
    score_differences: int
    grade_differences: int
    limit: float
    """Publication fails above this difference in pd, and on any difference in grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The list of a bundle's files. The digest of its bytes is the version; the signature covers its bytes."""

    format: int
    pipeline: str
    native: str
    """Name of the native model's file: for audit, never for scoring."""
    files: Mapping[str, FileFacts]
    pins: Mapping[str, str]
    """Package versions under which parity was shown."""
    parity: Parity


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`signature` is hexadecimal, over the context and the bytes it vouches for: a bundle's manifest or a pointer's body."""

    algorithm: str
    context: str
    key: str
    """Short name of the public key that verifies it."""
    signature: str
