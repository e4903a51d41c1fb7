"""Tables of the server: rows in DuckDB, and beside them what a warehouse knows of a table."""

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

ZONE_HOURS = 8
"""The project's clocks are those of Shanghai, where DATETIME is a moment and DuckDB's TIMESTAMP what clocks showed."""
_TYPES = {
    "BIGINT": "bigint",
    "INTEGER": "int",
    "SMALLINT": "smallint",
    "TINYINT": "tinyint",
    "HUGEINT": "decimal(38,0)",
    "DOUBLE": "double",
    "FLOAT": "float",
    "VARCHAR": "string",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "TIMESTAMP_NS": "timestamp_ntz",
    "BLOB": "binary",
}
_LIFECYCLE = re.compile(r"\blifecycle\s+(\d+)", re.IGNORECASE)
_SET_LIFECYCLE = re.compile(r"^\s*alter\s+table\s+(\w+)\s+set\s+lifecycle\s+(\d+)\s*$", re.IGNORECASE)
_CREATED = re.compile(r"\bcreate\s+(?:or\s+replace\s+)?(table|view)\s+(?:if\s+not\s+exists\s+)?(\w+)", re.IGNORECASE)
_WRITTEN = re.compile(
    r"\b(?:insert\s+(?:into|overwrite)\s+(?:table\s+)?|delete\s+from\s+|update\s+)(\w+)", re.IGNORECASE
)
_SETTING = re.compile(r"^\s*set\s+[\w.]+\s*=", re.IGNORECASE)


@dataclass(slots=True)
class TableFacts:
    """`version` grows with every change of the rows."""

    made: datetime
    changed: datetime
    keys: tuple[str, ...] = ()
    lifecycle: int = -1
    version: int = 0
    view: bool = False


@dataclass
class Tables:
    """One schema of one project. Used by many threads, one at a time."""

    database: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    facts: dict[str, TableFacts] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    made_at: datetime | None = None
    """When tables are said to have been made; None: now."""

    def __post_init__(self) -> None:
        self.database.execute("SET threads = 1")
        self.database.execute("CREATE MACRO to_char(day, form) AS strftime(day, '%Y%m%d')")

    def add(self, name: str, rows: pa.Table, keys: tuple[str, ...] = (), *, made: datetime | None = None) -> None:
        """Put a table there; the partition columns `keys` are among its own."""
        with self.lock:
            self.database.register("given", rows)
            kept = ", ".join(f'"{one}"' for one in [*(c for c in rows.column_names if c not in keys), *keys])
            self.database.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {kept} FROM given")
            self.database.unregister("given")
            now = made or _now()
            self.facts[name] = TableFacts(made=now, changed=now, keys=keys)

    def run(self, script: str) -> None:
        """Statements one after another. Raises duckdb.Error."""
        with self.lock:
            for statement in filter(str.strip, script.split(";")):
                if not _SETTING.match(statement):
                    self._run(statement)

    def _run(self, statement: str) -> None:
        setting = _SET_LIFECYCLE.match(statement)
        if setting:
            self.facts[setting[1].lower()].lifecycle = int(setting[2])
            return
        lifecycle = _LIFECYCLE.search(statement)
        self.database.execute(_LIFECYCLE.sub("", statement))
        created, written = _CREATED.search(statement), _WRITTEN.search(statement)
        if created and created[2].lower() not in self.facts:
            days = int(lifecycle[1]) if lifecycle else -1
            view = created[1].lower() == "view"
            self.facts[created[2].lower()] = TableFacts(made=_now(), changed=_now(), lifecycle=days, view=view)
        for name in filter(None, (created and created[2], written and written[1])):
            self.facts[name.lower()].changed = _now()
            self.facts[name.lower()].version += 1

    def exists(self, name: str) -> bool:
        with self.lock:
            found = self.database.execute(
                "SELECT 1 FROM information_schema.tables WHERE table_name = ?", [name]
            ).fetchone()
            return found is not None and name in self.facts

    def columns(self, name: str) -> list[tuple[str, str]]:
        """Names and the service's types."""
        with self.lock:
            described = self.database.execute(f'DESCRIBE "{name}"').fetchall()
        return [(row[0], _type_of(row[1])) for row in described]

    def partitions(self, name: str) -> list[dict[str, str]]:
        keys = self.facts[name].keys
        with self.lock:
            listed = ", ".join(f'"{key}"' for key in keys)
            rows = self.database.execute(f'SELECT DISTINCT {listed} FROM "{name}" ORDER BY ALL').fetchall()
        return [dict(zip(keys, map(str, row), strict=True)) for row in rows]

    def rows(self, name: str, partition: dict[str, str]) -> pa.Table:
        """Without the partition columns; moments in UTC."""
        keys = self.facts[name].keys
        chosen = []
        for column, kind in self.columns(name):
            if column in keys:
                continue
            shifted = f'"{column}" - INTERVAL {ZONE_HOURS} HOUR AS "{column}"'
            chosen.append(shifted if kind == "datetime" else f'"{column}"')
        conditions = " AND ".join(f"\"{key}\" = '{value}'" for key, value in partition.items()) or "true"
        with self.lock:
            return self.database.sql(f'SELECT {", ".join(chosen)} FROM "{name}" WHERE {conditions}').to_arrow_table()


def _type_of(kind: str) -> str:
    if kind.startswith("DECIMAL"):
        return kind.lower()
    if kind.endswith("[]"):
        return f"array<{_type_of(kind.removesuffix('[]'))}>"
    if kind.startswith("STRUCT"):
        return "struct<a:bigint>"
    if kind.startswith("MAP"):
        return "map<string,bigint>"
    return _TYPES[kind]


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
