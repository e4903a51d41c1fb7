"""Opening a bundle: nothing in it is used before its signature, its digests and its graph have been checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kingmaker.bundle.archive import unpack
from kingmaker.bundle.contents import (
    READ_FORMATS,
    CutOffs,
    GoldenRows,
    InputSchema,
    Lineage,
    Manifest,
    Signature,
)
from kingmaker.bundle.encoding import from_json
from kingmaker.bundle.keys import CONTEXT, PublicKey
from kingmaker.bundle.names import (
    GOLDEN,
    LINEAGE,
    LISTED,
    MANIFEST,
    MODEL,
    REASONS,
    RECIPE,
    SCHEMA,
    SIGNATURE,
    THRESHOLDS,
)
from kingmaker.bundle.operators import check_graph
from kingmaker.bundle.signatures import Signed, signer_of
from kingmaker.bundle.writing import version_of
from kingmaker.domain.errors import BundleRefused

_ORIGINAL = "Do not use it, and ask its publisher for the original."
_BUNDLE = Signed(what="bundle", part="manifest", context=CONTEXT, refused=BundleRefused, remedy=_ORIGINAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle whose signature, digests and graph are in order. Whether it keeps its promises is for `prove` to say."""

    version: str
    key: str
    """Name of the pinned key that verified it."""
    manifest: Manifest
    schema: InputSchema
    cut_offs: CutOffs
    golden: GoldenRows
    lineage: Lineage
    model: bytes
    recipe: bytes
    native: bytes
    reasons: bytes | None
    """What reasons rest on; None where the version tells none."""

    @property
    def pipeline(self) -> str:
        return self.manifest.pipeline

    @property
    def short(self) -> str:
        """The first 12 digits of the version, as people type it."""
        return self.version[:12]


def open_bundle(path: Path, *, trusted: Sequence[PublicKey]) -> Bundle:
    """Read and check a bundle. `trusted` are the pinned public keys, several while keys are rotated.

    Raises NotFound without a file, BundleRefused naming the first check that failed.
    """
    where = str(path)
    files = unpack(path)
    for name in (MANIFEST, SIGNATURE):
        if name not in files:
            raise BundleRefused(
                f"the bundle has no `{name}`, so nothing says whose it is", where=where, remedy=_ORIGINAL
            )
    manifest_bytes = files.pop(MANIFEST)
    signature = from_json(files.pop(SIGNATURE), Signature, where=f"{where}, {SIGNATURE}")
    key = signer_of(signature, manifest_bytes, _BUNDLE, trusted=trusted, where=where)
    manifest = from_json(manifest_bytes, Manifest, where=f"{where}, {MANIFEST}")
    _check_files(manifest, files, where)
    check_graph(files[MODEL], where=f"{where}, {MODEL}")
    bundle = Bundle(
        version=version_of(manifest_bytes),
        key=key.id,
        manifest=manifest,
        schema=from_json(files[SCHEMA], InputSchema, where=f"{where}, {SCHEMA}"),
        cut_offs=from_json(files[THRESHOLDS], CutOffs, where=f"{where}, {THRESHOLDS}"),
        golden=from_json(files[GOLDEN], GoldenRows, where=f"{where}, {GOLDEN}"),
        lineage=from_json(files[LINEAGE], Lineage, where=f"{where}, {LINEAGE}"),
        model=files[MODEL],
        recipe=files[RECIPE],
        native=files[manifest.native],
        reasons=files.get(REASONS),
    )
    _check_golden_shapes(bundle, where)
    return bundle


def _check_files(manifest: Manifest, files: dict[str, bytes], where: str) -> None:
    problem = _problem_of_names(manifest, files) or _problem_of_digests(manifest, files)
    if problem:
        raise BundleRefused(problem, where=where, remedy=_ORIGINAL)


def _problem_of_names(manifest: Manifest, files: dict[str, bytes]) -> str:
    if manifest.format not in READ_FORMATS:
        known = " and ".join(map(str, READ_FORMATS))
        return f"the bundle has format {manifest.format}, and this release reads {known}"
    optional = {REASONS} & set(manifest.files) if manifest.format > 1 else set()
    expected = LISTED | {manifest.native} | optional
    if set(manifest.files) != expected:
        return f"the manifest lists {_names(manifest.files)} instead of {_names(expected)}"
    missing, extra = expected - set(files), set(files) - expected
    if missing:
        return f"the bundle lacks {_names(missing)}"
    return f"the bundle holds {_names(extra)}, which its manifest does not list" if extra else ""


def _problem_of_digests(manifest: Manifest, files: dict[str, bytes]) -> str:
    for name, facts in sorted(manifest.files.items()):
        if len(files[name]) != facts.size or sha256(files[name]).hexdigest() != facts.sha256:
            return f"`{name}` is not the file that was signed: its digest differs from the manifest's"
    return ""


def _check_golden_shapes(bundle: Bundle, where: str) -> None:
    numbers, categories = len(bundle.schema.numbers), len(bundle.schema.categories)
    rows = bundle.golden.rows
    if not rows or any(len(row.numbers) != numbers or len(row.categories) != categories for row in rows):
        raise BundleRefused(
            "the golden rows do not fit the schema, so the bundle cannot be proven",
            where=f"{where}, {GOLDEN}",
            remedy="Publish the version again.",
        )


def _names(names: object) -> str:
    assert isinstance(names, (set, frozenset, dict))
    return ", ".join(f"`{name}`" for name in sorted(names))
