"""How long what is kept is kept, how much room a run needs, and which files somebody still needs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSettings:
    """`keep_runs_days`: what a run read, fitted, measured and told is kept at least so long after its end.

    `keep_logs_days`: so long are kept files in the home's `logs` folder. No new run starts with less room on the disk than
    `least_free_bytes` or, on a small disk, `least_free_share` of it.
    """

    keep_runs_days: int = 90
    keep_logs_days: int = 30
    least_free_bytes: int = 2 * 1024**3
    least_free_share: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesInUse:
    """Vault digests that ledger rows name and that stay. `documents` are JSON and may name further files, which stay too."""

    documents: frozenset[str]
    files: frozenset[str]
