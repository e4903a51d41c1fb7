"""A project to read from: of the server of these tests, or of the real service when the environment names one.

KINGMAKER_TEST_MAXCOMPUTE_ENDPOINT and _PROJECT name it, ALIBABA_CLOUD_ACCESS_KEY_ID and _SECRET the account. Tables are made
there and dropped again.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow as pa
from odps import ODPS
from odps.models import TableSchema
from odps.tunnel.io.types import _ARROW_TO_ODPS_TYPE as KINDS
from tests.sources.maxcompute.server.service import ACCESS_ID, ACCESS_KEY, PROJECT, Service

from kingmaker.adapters.sources.maxcompute.pace import Pace
from kingmaker.adapters.sources.maxcompute.source import MaxComputeSource
from kingmaker.pipeline.declaration import SourceDeclaration
from kingmaker.ports.source import Extracted, Reading

VARIABLES = {
    "ENDPOINT": "KINGMAKER_TEST_MAXCOMPUTE_ENDPOINT",
    "PROJECT": "KINGMAKER_TEST_MAXCOMPUTE_PROJECT",
    "ACCESS_ID": "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ACCESS_KEY": "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
}
FAST = Pace(
    first_pause=0.02,
    longest_pause=0.2,
    patience=20.0,
    first_contact=1.0,
    connect=5,
    answer=20,
    look=0.01,
    longest_look=0.05,
    telling=0.0,
)
AS_OF = date(2026, 1, 31)
START = date(2026, 1, 5)
END = date(2026, 1, 20)


class Warehouse(Protocol):
    """What a test needs of a project. `name` makes a table's name this test's own."""

    access: Mapping[str, str]

    def name(self, table: str) -> str: ...

    def put(self, table: str, rows: pa.Table, keys: tuple[str, ...] = ()) -> None: ...

    def lifecycle(self, table: str) -> int: ...


@dataclass
class OwnWarehouse:
    """The server's. `folder` keeps the account, which declarations only refer to."""

    service: Service
    folder: Path

    @property
    def access(self) -> Mapping[str, str]:
        for name, value in (("id", ACCESS_ID), ("key", ACCESS_KEY)):
            (self.folder / f"access.{name}").write_text(value)
        return {
            "project": PROJECT,
            "endpoint": self.service.endpoint,
            "access_id": f"file:{self.folder / 'access.id'}",
            "access_key": f"file:{self.folder / 'access.key'}",
        }

    def name(self, table: str) -> str:
        return table

    def put(self, table: str, rows: pa.Table, keys: tuple[str, ...] = ()) -> None:
        self.service.tables.add(table, rows, keys)

    def lifecycle(self, table: str) -> int:
        return self.service.tables.facts[table].lifecycle


@dataclass
class RealWarehouse:
    """The service's own. Every table is dropped by `close`."""

    made: list[str] = field(default_factory=list)
    mark: str = field(default_factory=lambda: f"kingmaker_test_{secrets.token_hex(4)}")

    @property
    def access(self) -> Mapping[str, str]:
        return {
            "project": os.environ[VARIABLES["PROJECT"]],
            "endpoint": os.environ[VARIABLES["ENDPOINT"]],
            "access_id": f"env:{VARIABLES['ACCESS_ID']}",
            "access_key": f"env:{VARIABLES['ACCESS_KEY']}",
        }

    def name(self, table: str) -> str:
        self.made.append(f"{self.mark}_{table}")
        return self.made[-1]

    def put(self, table: str, rows: pa.Table, keys: tuple[str, ...] = ()) -> None:
        columns = [one for one in rows.column_names if one not in keys]
        kinds = [str(KINDS[rows.schema.field(one).type]) for one in columns]
        odps = self._odps()
        odps.create_table(
            table, TableSchema.from_lists(columns, kinds, list(keys), ["string"] * len(keys)), lifecycle=1
        )
        if not keys:
            odps.write_table(table, rows, create_table=False)
        frame = pl.from_arrow(rows)
        for values, part in frame.partition_by(*keys, as_dict=True).items() if keys else ():
            spec = ",".join(f"{key}={value}" for key, value in zip(keys, values, strict=True))
            odps.write_table(table, part.drop(keys).to_arrow(), partition=spec, create_partition=True)

    def lifecycle(self, table: str) -> int:
        return int(self._odps().get_table(table).lifecycle)

    def close(self) -> None:
        for table in self.made:
            self._odps().delete_table(table, if_exists=True)

    def _odps(self) -> ODPS:
        found = {name: os.environ[variable] for name, variable in VARIABLES.items()}
        return ODPS(
            found["ACCESS_ID"],
            found["ACCESS_KEY"],
            found["PROJECT"],
            endpoint=found["ENDPOINT"],
            overwrite_global=False,
        )


def declared(
    access: Mapping[str, str], *, table: str | None = None, tasks: Mapping[str, str] | None = None, **more: Any
):
    """A source's declaration; `more` are keys of `maxcompute`, and `joins`."""
    joins = more.pop("joins", [])
    listed = [{"name": name, "sql": sql} for name, sql in (tasks or {}).items()]
    document = {"maxcompute": {**access, **more}, "table": table, "tasks": listed, "joins": joins}
    return SourceDeclaration.model_validate(document)


def reading_of(declaration: SourceDeclaration, **more: Any) -> Reading:
    facts = {"as_of": AS_OF, "start": START, "end": END, "occasion": "run 1", "folder": Path(), **more}
    return Reading(declaration=declaration, **facts)


@dataclass
class Heard:
    """What was told."""

    sentences: list[str] = field(default_factory=list)

    def __call__(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def all(self) -> str:
        return "\n".join(self.sentences)


def extracted(
    reading: Reading, folder: Path, told: Heard | None = None, pace: Pace = FAST
) -> tuple[Extracted, pl.DataFrame]:
    """What came down, and its rows."""
    folder.mkdir(exist_ok=True)
    found = MaxComputeSource(pace).extract(reading, folder, told or Heard())
    return found, pl.read_parquet(list(found.parts))
