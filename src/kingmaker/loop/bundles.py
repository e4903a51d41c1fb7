"""Published bundles, fetched from the vault and verified."""

from kingmaker.bundle.reading import Bundle, open_bundle
from kingmaker.domain.errors import BundleRefused, NotFound, TamperFound
from kingmaker.ports.house import House


def published_bundle(house: House, pipeline: str, version: str) -> Bundle:
    """The verified bundle of a version (full digest or prefix). Raises NotFound for no such version, BundleRefused."""
    known = house.ledger.version(pipeline, version)
    try:
        archive = house.vault.fetch(known.archive)
    except (NotFound, TamperFound) as error:
        state = "is missing from the vault" if isinstance(error, NotFound) else "was changed in the vault"
        raise BundleRefused(
            f"the bundle of version {known.short} of {pipeline} {state}",
            where=error.where,
            remedy="Restore the vault from a backup, or put another version in force with `kingmaker rollback --to`.",
        ) from error
    return open_bundle(archive, trusted=house.trusted())
