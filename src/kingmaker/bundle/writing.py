"""Writing a bundle: every file, a manifest with their digests, and the publisher's signature, in one archive."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kingmaker.bundle.archive import pack
from kingmaker.bundle.contents import (
    FORMAT,
    CutOffs,
    FileFacts,
    GoldenRows,
    InputSchema,
    Lineage,
    Manifest,
    Parity,
)
from kingmaker.bundle.encoding import to_json
from kingmaker.bundle.files import write_whole
from kingmaker.bundle.keys import SigningKey
from kingmaker.bundle.names import (
    GOLDEN,
    LINEAGE,
    MANIFEST,
    MODEL,
    REASONS,
    RECIPE,
    SCHEMA,
    SIGNATURE,
    THRESHOLDS,
    native_name,
)
from kingmaker.bundle.operators import check_graph
from kingmaker.bundle.reasons.contents import Grounds
from kingmaker.domain.errors import StorageFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleContents:
    """All that a bundle tells. `model` is the ONNX graph, `recipe` the recipe as JSON, `native` the learner's own file."""

    pipeline: str
    model: bytes
    recipe: bytes
    native: bytes
    native_suffix: str
    """For instance `.ubj`."""
    cut_offs: CutOffs
    schema: InputSchema
    golden: GoldenRows
    lineage: Lineage
    pins: Mapping[str, str]
    parity: Parity
    grounds: Grounds | None = None
    """What reasons rest on; None when the learner does not tell it, and the version gives no reasons then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFile:
    """A written bundle. `version` is the digest of its manifest, `size` is in bytes, `key` names the signing key."""

    path: Path
    version: str
    size: int
    key: str


def write_bundle(contents: BundleContents, key: SigningKey, destination: Path) -> BundleFile:
    """Write one archive, whole or not at all. The same contents have the same version on every machine.

    Raises BundleRefused for a graph that no reader would accept, StorageFailed when the disk refuses.
    """
    check_graph(contents.model, where=MODEL)
    files = files_of(contents)
    manifest = manifest_of(contents, files)
    archive = sealed(files, manifest, key)
    try:
        write_whole(destination, archive)
    except OSError as error:
        raise StorageFailed(
            f"the bundle could not be written: {error.strerror}",
            where=str(destination),
            remedy="Nothing was left behind; make room or name another folder and publish again.",
        ) from error
    return BundleFile(path=destination, version=version_of(manifest), size=len(archive), key=key.public.id)


def files_of(contents: BundleContents) -> dict[str, bytes]:
    """The files that the manifest lists, by name."""
    files = {
        MODEL: contents.model,
        RECIPE: contents.recipe,
        THRESHOLDS: to_json(contents.cut_offs),
        SCHEMA: to_json(contents.schema),
        GOLDEN: to_json(contents.golden),
        LINEAGE: to_json(contents.lineage),
        native_name(contents.native_suffix): contents.native,
    }
    return files if contents.grounds is None else {**files, REASONS: to_json(contents.grounds)}


def manifest_of(contents: BundleContents, files: Mapping[str, bytes]) -> bytes:
    """The manifest's bytes."""
    facts = {name: FileFacts(sha256=sha256(data).hexdigest(), size=len(data)) for name, data in files.items()}
    manifest = Manifest(
        format=FORMAT,
        pipeline=contents.pipeline,
        native=native_name(contents.native_suffix),
        files=facts,
        pins=contents.pins,
        parity=contents.parity,
    )
    return to_json(manifest)


def sealed(files: Mapping[str, bytes], manifest: bytes, key: SigningKey) -> bytes:
    """The archive's bytes: the files, the manifest and its signature."""
    return pack({**files, MANIFEST: manifest, SIGNATURE: to_json(key.sign(manifest))})


def version_of(manifest: bytes) -> str:
    """A bundle's version: 64 hex digits of its manifest's SHA-256."""
    return sha256(manifest).hexdigest()
