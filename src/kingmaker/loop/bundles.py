"""Published bundles, fetched from the vault and verified, and copied out of it for those who score with them."""

from dataclasses import replace
from pathlib import Path

from kingmaker.bundle.files import write_whole
from kingmaker.bundle.proof import prove
from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.domain.errors import BundleRefused, NotFound, StorageFailed, TamperFound
from kingmaker.loop.records import Exported
from kingmaker.ports.house import House


def published_bundle(house: House, pipeline: str, version: str) -> Bundle:
    """The verified bundle of a version (full digest or prefix). Raises NotFound for no such version, BundleRefused."""
    return open_bundle(archive_of(house, pipeline, version), trusted=house.trusted())


def proven_bundle(house: House, pipeline: str, version: str) -> Exported:
    """A version's file where it lies in the vault, once it is verified and has kept its promises here.

    Raises NotFound for no such version, BundleRefused.
    """
    archive = archive_of(house, pipeline, version)
    bundle = open_bundle(archive, trusted=house.trusted())
    prove(bundle)
    return Exported(
        path=archive,
        pipeline=pipeline,
        version=bundle.version,
        key=bundle.key,
        digest=house.ledger.version(pipeline, version).archive,
        bytes=archive.stat().st_size,
    )


def export_bundle(house: House, pipeline: str, version: str, out: Path) -> Exported:
    """Copy a proven bundle to `out`, replacing what is there. Raises also StorageFailed when `out` cannot be written."""
    proven = proven_bundle(house, pipeline, version)
    try:
        write_whole(out, proven.path.read_bytes())
    except OSError as error:
        raise StorageFailed(
            f"the bundle cannot be written ({error.strerror or error})", where=str(out), remedy="Name another file."
        ) from error
    return replace(proven, path=out)


def archive_of(house: House, pipeline: str, version: str) -> Path:
    """A version's one file, as it was published. Raises NotFound for no such version, BundleRefused when it is lost."""
    known = house.ledger.version(pipeline, version)
    try:
        return house.vault.fetch(known.archive)
    except (NotFound, TamperFound) as error:
        state = "is missing from the vault" if isinstance(error, NotFound) else "was changed in the vault"
        raise BundleRefused(
            f"the bundle of version {known.short} of {pipeline} {state}",
            where=error.where,
            remedy="Restore the vault from a backup, or put another version in force with `kingmaker rollback --to`.",
        ) from error
