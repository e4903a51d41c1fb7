"""Which versions of the libraries fit the models: another version is another model, so they are part of a trial's key."""

from importlib.metadata import PackageNotFoundError, version

from kingmaker import __version__

FITTING = ("interpret-core", "lightgbm", "numpy", "scikit-learn", "xgboost", "xgboost-cpu")


def library_versions() -> dict[str, str]:
    """Installed versions by package name, Kingmaker's own among them; packages that are not installed are left out."""
    found = {"kingmaker": __version__}
    for name in FITTING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
