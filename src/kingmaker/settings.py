"""Settings of one process, read once from the environment; the command line may override them."""

import os
import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kingmaker.domain.errors import KingmakerError
from kingmaker.domain.retention import RetentionSettings


class SettingError(KingmakerError):
    """An environment variable of Kingmaker holds something it must not."""

    code = "setting_invalid"


MOST_DAYS = 36_500
_USER_NAMES = ("KINGMAKER_USER", "USER", "LOGNAME")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`home` keeps ledger, vault and keys; `ledger` overrides the ledger's database URL; `workers` trials run at once.

    `data` is the folder that pipelines declared over HTTP read from; None: `data` in the home.
    `server` is the URL of a control centre to speak to instead of the home, `token` what is shown to it, `authority` a file of
    the certificates that it is believed by.
    `by` is who asks, for the audit log; from the environment it is never empty.
    `lease_seconds` after its last sign of life the run of a process that cannot be seen from here is taken over.
    `pseudonym_key` names where the key of pseudonyms stands (`env:NAME`, `file:/PATH`); empty: in the home, made on first use.
    `master_key` names the key that seals what the home stores (`env:NAME`, `file:/PATH`, `command:PROGRAM ARGUMENTS`); empty:
    it is stored as it is.
    `sources` are what pipelines declared over HTTP may read from beside `data`: references of secrets, beginnings of URLs.
    `vault` is `folder` (files under the home), `database` (inside the ledger's database) or the URL of object storage.
    """

    home: Path = Path(".kingmaker")
    ledger: str = field(default="", repr=False)
    vault: str = "folder"
    workers: int = 0
    by: str = "unknown"
    data: Path | None = None
    server: str = ""
    token: str = field(default="", repr=False)
    lease_seconds: float = 60.0
    authority: Path | None = None
    pseudonym_key: str = ""
    master_key: str = field(default="", repr=False)
    sources: tuple[str, ...] = ()
    retention: RetentionSettings = field(default_factory=RetentionSettings)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read KINGMAKER_HOME, _LEDGER, _VAULT, _WORKERS, _USER, _DATA, _SERVER, _TOKEN, _CA, _LEASE_SECONDS, _KEEP_RUNS_DAYS,
        _KEEP_LOGS_DAYS, _PSEUDONYM_KEY, _MASTER_KEY and _SOURCES.

        Raises SettingError naming the variable.
        """
        return cls(
            home=Path(environment.get("KINGMAKER_HOME", ".kingmaker")),
            ledger=environment.get("KINGMAKER_LEDGER", ""),
            vault=_vault("KINGMAKER_VAULT", environment.get("KINGMAKER_VAULT", "folder")),
            workers=_count("KINGMAKER_WORKERS", environment.get("KINGMAKER_WORKERS", "0")),
            by=next((environment[name] for name in _USER_NAMES if environment.get(name)), "") or _name_of_this_user(),
            data=Path(environment["KINGMAKER_DATA"]) if environment.get("KINGMAKER_DATA") else None,
            server=environment.get("KINGMAKER_SERVER", ""),
            token=environment.get("KINGMAKER_TOKEN", ""),
            lease_seconds=_seconds("KINGMAKER_LEASE_SECONDS", environment.get("KINGMAKER_LEASE_SECONDS", "60")),
            authority=Path(environment["KINGMAKER_CA"]) if environment.get("KINGMAKER_CA") else None,
            pseudonym_key=_reference("KINGMAKER_PSEUDONYM_KEY", environment.get("KINGMAKER_PSEUDONYM_KEY", "")),
            master_key=_master("KINGMAKER_MASTER_KEY", environment.get("KINGMAKER_MASTER_KEY", "")),
            sources=tuple(filter(None, environment.get("KINGMAKER_SOURCES", "").replace(",", " ").split())),
            retention=_retention(environment),
        )

    def slots(self) -> int:
        """Trials at once: as declared, or one a core this process may use."""
        return self.workers or len(os.sched_getaffinity(0))


def _name_of_this_user() -> str:
    """As the operating system knows the user; a container's may have a number only."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"user {os.getuid()}"


def _vault(name: str, value: str) -> str:
    if value not in {"folder", "database"} and "://" not in value:
        raise SettingError(
            f"{name} is {value!r}",
            remedy="Set it to `folder`, `database` or a URL of object storage: s3://BUCKET/PREFIX.",
        )
    return value


def _reference(name: str, value: str) -> str:
    """The value itself is a secret that somebody may have put there by mistake: it is not told."""
    if value and not value.startswith(("env:", "file:/")):
        raise SettingError(
            f"{name} holds no reference", remedy="Set it to `env:NAME` or `file:/PATH`, where the key stands."
        )
    return value


def _master(name: str, value: str) -> str:
    if value and not value.startswith(("env:", "file:/", "command:")):
        raise SettingError(
            f"{name} holds no reference",
            remedy="Set it to `env:NAME`, `file:/PATH` or `command:PROGRAM ARGUMENTS`, where the key stands.",
        )
    return value


def _retention(environment: Mapping[str, str]) -> RetentionSettings:
    usual = RetentionSettings()
    return RetentionSettings(
        keep_runs_days=_days("KINGMAKER_KEEP_RUNS_DAYS", environment, usual.keep_runs_days),
        keep_logs_days=_days("KINGMAKER_KEEP_LOGS_DAYS", environment, usual.keep_logs_days),
    )


def _days(name: str, environment: Mapping[str, str], usually: int) -> int:
    value = environment.get(name, str(usually))
    if not (value.isdigit() and 0 < int(value) <= MOST_DAYS):
        raise SettingError(f"{name} is {value!r}", remedy=f"Set it to a number of days from 1 to {MOST_DAYS}.")
    return int(value)


def _count(name: str, value: str) -> int:
    if not value.isdigit():
        raise SettingError(f"{name} is {value!r}", remedy="Set it to a whole number, or 0 for one a core.")
    return int(value)


def _seconds(name: str, value: str) -> float:
    if not re.fullmatch(r"\d{1,5}(\.\d+)?", value) or not float(value):
        raise SettingError(f"{name} is {value!r}", remedy="Set it to a number of seconds above 0.")
    return float(value)
