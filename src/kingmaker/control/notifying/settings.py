"""What is set up for telling people outside, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kingmaker.control.notifying.hours import QuietHours, quiet_hours
from kingmaker.domain.errors import KingmakerError
from kingmaker.settings import SettingError

_NOTIFY: Final = "KINGMAKER_NOTIFY"
_FILE: Final = "KINGMAKER_NOTIFY_FILE"
_WEBHOOKS: Final = "KINGMAKER_WEBHOOKS"
_SECRET: Final = "KINGMAKER_WEBHOOK_SECRET"  # noqa: S105 - the variable's name
_QUIET: Final = "KINGMAKER_QUIET_HOURS"
_LINK: Final = "KINGMAKER_LINK"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """`urls` are apprise's; `webhooks` get what is signed with `webhook_secret`. All of them may hold secrets.

    `link` is where people reach the control centre, for links in messages; empty: no links.
    """

    urls: tuple[str, ...] = field(default=(), repr=False)
    webhooks: tuple[str, ...] = field(default=(), repr=False)
    webhook_secret: str = field(default="", repr=False)
    quiet_hours: QuietHours | None = None
    link: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "NotifySettings":
        """Read KINGMAKER_NOTIFY, _NOTIFY_FILE, _WEBHOOKS, _WEBHOOK_SECRET, _QUIET_HOURS and _LINK.

        Raises SettingError naming the variable, and none of its secrets.
        """
        webhooks = tuple(environment.get(_WEBHOOKS, "").split())
        secret = environment.get(_SECRET, "").strip()
        if webhooks and not secret:
            raise SettingError(
                f"{_WEBHOOKS} is set, but {_SECRET} is not", remedy="Set the secret that they are signed with."
            )
        if any(not url.startswith(("https://", "http://")) for url in webhooks):
            raise SettingError(f"{_WEBHOOKS} holds what is no web address", remedy="Each starts with https://.")
        return cls(
            urls=(*environment.get(_NOTIFY, "").split(), *_listed(environment.get(_FILE, ""))),
            webhooks=webhooks,
            webhook_secret=secret,
            quiet_hours=_hours(environment.get(_QUIET, "")),
            link=environment.get(_LINK, "").rstrip("/"),
        )


def _listed(file: str) -> list[str]:
    """One URL a line; empty lines and those that start with # count for nothing."""
    if not file:
        return []
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingError(f"{_FILE} cannot be read ({reason})", where=file) from None
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _hours(written: str) -> QuietHours | None:
    try:
        return quiet_hours(written) if written.strip() else None
    except KingmakerError as error:
        raise SettingError(f"{_QUIET}: {error.what}", remedy=error.remedy) from None
