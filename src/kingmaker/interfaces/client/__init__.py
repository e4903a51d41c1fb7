"""Everything that can be said to Kingmaker, over HTTP: `Client` blocks, `AsyncClient` is awaited. It needs the base install."""

from kingmaker.interfaces.client.awaited.client import AsyncClient
from kingmaker.interfaces.client.blocking.client import Client
from kingmaker.interfaces.client.patience import Patience

__all__ = ["AsyncClient", "Client", "Patience"]
