"""The rows that a model knows as normal: what its schema describes, and on which its graph is proven."""

from dataclasses import dataclass

import polars as pl

from kingmaker.domain.snapshot import Snapshot, Window
from kingmaker.loop.publishing.parity import as_inputs
from kingmaker.loop.snapshots import WindowRows, load_snapshot
from kingmaker.ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The feature columns of some labelled windows as the graph reads them, never all at once."""

    vault: Vault
    snapshot: Snapshot
    windows: tuple[Window, ...]

    def column(self, name: str) -> pl.Series:
        features = tuple(feature for feature in self.snapshot.features if feature.name == name)
        loans = WindowRows(vault=self.vault, snapshot=self.snapshot, windows=self.windows)
        return as_inputs(loans.column(name), features).to_series()

    def newest(self, rows: int) -> pl.DataFrame:
        """At least so many rows where there are as many, the newest last: those of the fewest windows that hold them."""
        held, windows = 0, list[Window]()
        for window in reversed(self.windows):
            if held < rows:
                windows.append(window)
                held += self.snapshot.window(window).rows
        features = self.snapshot.features
        names = [feature.name for feature in features]
        return as_inputs(load_snapshot(self.vault, self.snapshot, windows, names), features)
