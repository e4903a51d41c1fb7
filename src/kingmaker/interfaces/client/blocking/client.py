"""The client: every verb, and waited for."""
# Written by docs/generate_client.py from awaited/client.py: change that file, and run it.

from pathlib import Path

import httpx2

from kingmaker.interfaces.client.blocking.access import Access
from kingmaker.interfaces.client.blocking.endpoints import Endpoints
from kingmaker.interfaces.client.blocking.following import Following
from kingmaker.interfaces.client.blocking.glance import Glance
from kingmaker.interfaces.client.blocking.house import House
from kingmaker.interfaces.client.blocking.models import Models
from kingmaker.interfaces.client.blocking.monitoring import Monitor
from kingmaker.interfaces.client.blocking.pipelines import Pipelines
from kingmaker.interfaces.client.blocking.replays import Replays
from kingmaker.interfaces.client.blocking.studies import Studies
from kingmaker.interfaces.client.patience import Patience
from kingmaker.interfaces.client.site import Site


class Client(
    Following,
    Studies,
    Replays,
    Endpoints,
    Models,
    Pipelines,
    Monitor,
    Glance,
    Access,
    House,
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
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        super().__init__(Site(url, token, authority), patience=patience, transport=transport)
