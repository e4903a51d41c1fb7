"""The client: every verb, awaited."""

from pathlib import Path

import httpx2

from kingmaker.interfaces.client.awaited.access import AsyncAccess
from kingmaker.interfaces.client.awaited.endpoints import AsyncEndpoints
from kingmaker.interfaces.client.awaited.following import AsyncFollowing
from kingmaker.interfaces.client.awaited.glance import AsyncGlance
from kingmaker.interfaces.client.awaited.house import AsyncHouse
from kingmaker.interfaces.client.awaited.models import AsyncModels
from kingmaker.interfaces.client.awaited.monitoring import AsyncMonitor
from kingmaker.interfaces.client.awaited.pipelines import AsyncPipelines
from kingmaker.interfaces.client.awaited.replays import AsyncReplays
from kingmaker.interfaces.client.awaited.studies import AsyncStudies
from kingmaker.interfaces.client.patience import Patience
from kingmaker.interfaces.client.site import Site


class AsyncClient(
    AsyncFollowing,
    AsyncStudies,
    AsyncReplays,
    AsyncEndpoints,
    AsyncModels,
    AsyncPipelines,
    AsyncMonitor,
    AsyncGlance,
    AsyncAccess,
    AsyncHouse,
):
    """Everything that can be said to the control centre at `url`, in the name of whoever the token is.

    `authority` is a PEM file of certificates to believe instead of the system's. Raises ServerUnreachable for what is no URL,
    and then whatever the office refuses with, as the same KingmakerError.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        authority: Path | None = None,
        patience: Patience | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(Site(url, token, authority), patience=patience, transport=transport)
