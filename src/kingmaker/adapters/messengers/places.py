"""The places that are set up, each with the technology that tells it."""

from collections.abc import Sequence
from importlib import import_module

from kingmaker.adapters.messengers.webhook import Webhook
from kingmaker.domain.errors import KingmakerError
from kingmaker.ports.messenger import Messenger


def messengers_of(*, urls: Sequence[str], webhooks: Sequence[str], webhook_secret: str) -> list[Messenger]:
    """One messenger for each of apprise's `urls` and each address in `webhooks`, once however often it is named.

    Raises KingmakerError for a URL that apprise does not know, by its number and not by its text: it may hold secrets.
    """
    told: list[Messenger] = [Webhook(url, webhook_secret) for url in dict.fromkeys(webhooks)]
    for number, url in enumerate(dict.fromkeys(urls), start=1):
        told.append(_told_by_apprise(url, number))
    return told


def _told_by_apprise(url: str, number: int) -> Messenger:
    """Apprise is an extra, and takes a while to load."""
    try:
        messenger: Messenger = import_module("kingmaker.adapters.messengers.by_apprise").AppriseMessenger(url, number)
    except ModuleNotFoundError as error:
        if error.name != "apprise":
            raise
        raise KingmakerError(
            "notices need the package apprise, which is not installed", remedy="Run pip install 'kingmaker[control]'."
        ) from None
    return messenger
