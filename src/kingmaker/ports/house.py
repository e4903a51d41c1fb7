"""The house: every port with the technology that plays it, handed to the loop and the interfaces by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from kingmaker.bundle.keys import PublicKey, SigningKey
from kingmaker.domain.retention import RetentionSettings
from kingmaker.ports.engine import Engine
from kingmaker.ports.ledger import Ledger
from kingmaker.ports.sealing import Sealing
from kingmaker.ports.source import Source
from kingmaker.ports.vault import Vault

DATA_FOLDER: Final = "data.folder"
"""The file in the home that names the data folder, where a control centre was given one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One home folder's ports. `home` exists; `workspace` may be emptied whenever no run is under way.

    `data` is the folder that pipelines declared over HTTP read from. `open_engine` answers with an engine of one slot a core;
    whoever opens it closes it. `signing_key` makes the key when the home has none. `trusted` are the public keys whose bundles
    are believed. `pseudonym_key` makes the key of pseudonyms when the home has none. `sources` are what pipelines that are
    declared over HTTP may read from beside `data`: references of secrets, and beginnings of URLs. `sealing` is None where the
    vault keeps things as they are.
    """

    home: Path
    workspace: Path
    data: Path
    ledger: Ledger
    vault: Vault
    source: Source
    holder: str
    open_engine: Callable[[], Engine]
    signing_key: Callable[[], SigningKey]
    trusted: Callable[[], tuple[PublicKey, ...]]
    clock: Callable[[], datetime]
    pseudonym_key: Callable[[], bytes]
    sources: tuple[str, ...] = ()
    sealing: Sealing | None = None
    retention: RetentionSettings = field(default_factory=RetentionSettings)

    def close(self) -> None:
        self.ledger.close()
