"""Where loans come from: a file or a lake, a database, or MaxCompute; and the tasks that make one table of them."""

import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from kingmaker.pipeline.parts import Part
from kingmaker.pipeline.sql_text import SqlText

_FILES = frozenset({".csv", ".parquet"})
_REFERENCE = re.compile(r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$")


def _check_reference(value: str) -> str:
    if not _REFERENCE.match(value):
        message = (
            "a secret is named, never written here: `env:NAME` for an environment variable, `file:/PATH` for a file"
        )
        raise ValueError(message)
    return value


SecretText = Annotated[str, AfterValidator(_check_reference)]
"""`env:NAME` or `file:/PATH`: where a secret stands. The secret itself is in no declaration, ledger or log."""


class SqlTask(Part):
    """One SQL statement of the ordered task flow: run in MaxCompute for such a source, otherwise in DuckDB on this machine."""

    name: str
    """Shown in progress and errors."""
    sql: SqlText
    """A statement that may create tables or views for later tasks.

    What was read is the table `source`; in DuckDB no other file is read or written. `{{ as_of }}`, `{{ window.start }}` and
    `{{ window.end }}` stand for dates, see `source`.
    """


class Joined(Part):
    """Another table whose values belong to an application as they were known on its day."""

    table: str
    """A table that a task made or that the database holds; or a file beside `source.file`."""
    on: tuple[str, ...]
    """Columns that both have and that name the customer or the application."""
    available_at: str
    """The column of `table` with the day on which the row became known; a later one never joins."""
    prefix: str = ""
    """Put before the names of the joined columns."""


class MaxCompute(Part):
    """A project of Alibaba MaxCompute (ODPS)."""

    project: str
    """The project in which the tasks run."""
    endpoint: str
    """URL of the service."""
    tunnel: str | None = None
    """URL of the tunnel. Default: the one that the service names."""
    schema_: str | None = Field(default=None, alias="schema")
    """The schema of a project that has them."""
    access_id: SecretText = "env:ALIBABA_CLOUD_ACCESS_KEY_ID"
    """Where the access key's id stands."""
    access_key: SecretText = "env:ALIBABA_CLOUD_ACCESS_KEY_SECRET"
    """Where the access key's secret stands."""
    lifecycle: int = Field(default=3, ge=1, le=37231)
    """Days after which MaxCompute removes the tables that the tasks made, unless their statements say `LIFECYCLE`."""
    slices: int = Field(default=4, ge=1, le=64)
    """Parts of the result that come down at once."""
    partition: str | None = None
    """The column by whose values (dates as `yyyymmdd` or `yyyy-mm-dd`) the table is cut.

    Partitions older than `windows.since` (less the time in which applications are duplicates) or newer than the run's day are
    not read.
    """
    priority: int | None = Field(default=None, ge=0, le=9)
    """Of the instances; 0 is the most urgent."""
    settings: dict[str, str] = Field(default_factory=dict)
    """Flags of the service, `odps.sql.…`."""


class SourceDeclaration(Part):
    """Where the loans come from: one of `file`, `database` and `maxcompute`.

    In `query` and in tasks `{{ as_of }}` is the day of the run, `{{ window.start }}` is `windows.since` (or 0001-01-01) and
    `{{ window.end }}` the last day whose applications can have matured; each is bound as a date, never pasted. MaxCompute,
    which binds nothing, gets `DATE'2026-01-31'`.
    """

    file: str | None = None
    """Path of a .csv, .parquet or .duckdb file (a glob for several parts, or a folder with hive partitions), relative to this
    file; or a URL: `s3://bucket/loans/`, `oss://…`."""
    database: SecretText | None = None
    """Where the database's URL stands: `env:NAME` or `file:/PATH`, e.g. `postgresql://reader@host/loans?sslmode=verify-full`."""
    query: SqlText | None = None
    """One SELECT of the database, in its own SQL. Default: all of `table`."""
    maxcompute: MaxCompute | None = None
    """A project of MaxCompute."""
    table: str | None = None
    """The table to read: of a .duckdb file, a database or MaxCompute, or the one that the last task made.

    Default: the file's rows, or `loans` after tasks.
    """
    tasks: tuple[SqlTask, ...] = ()
    """SQL tasks over what was read, run in this order; the rows of `table` (default `loans`) are the result."""
    joins: tuple[Joined, ...] = ()
    """Tables whose values are joined to each application as they were known on its day (`applied_at`)."""
    partitions: Literal["auto", "none"] = "auto"
    """`auto`: folders of files named `column=value` are columns, and those outside the run's window are not read.

    A folder is outside where its column is `applied_at` itself (and there are no tasks, which might count older rows), or where
    `partitioned_by` names it. `none`: the folders' names mean nothing, and everything is read.
    """
    partitioned_by: tuple[str, ...] = ()
    """Partition columns that hold the day, month or year of `applied_at`: `[month]` for `month=2026-01`; `[year, month, day]`.

    What is outside the run's window is then not read, and tasks do not see it.
    """
    missing: tuple[str, ...] = ("", "NA", "N/A", "NULL", "null", "None", "nan", "NaN")
    """Texts that mean missing in a CSV file."""
    text: tuple[str, ...] = ()
    """Columns of a CSV file that are text although they look like numbers: codes, postcodes with leading zeros."""
    date_format: str | None = None
    """strptime format of CSV dates, e.g. `%d/%m/%Y`. Default: ISO dates."""

    @model_validator(mode="after")
    def _one_kind(self) -> "SourceDeclaration":
        named = [name for name in ("file", "database", "maxcompute") if getattr(self, name) is not None]
        if len(named) != 1:
            message = f"say one of `file`, `database` and `maxcompute`, not {' and '.join(named) if named else 'none'}"
            raise ValueError(message)
        if self.query is not None and self.database is None:
            message = "`query` is for a `database`; over a file write a task"
            raise ValueError(message)
        if self.database is not None and self.query is None and self.table is None:
            message = "a `database` needs `table` (all of its rows) or `query` (one SELECT)"
            raise ValueError(message)
        if self.partitioned_by and self.file is None:
            message = "`partitioned_by` is for files; a table of MaxCompute has `maxcompute.partition`"
            raise ValueError(message)
        if self.query is not None and self.table is not None and not self.tasks:
            message = "say `table` (all of its rows) or `query` (one SELECT), not both"
            raise ValueError(message)
        return self

    def file_of(self, join: Joined) -> str | None:
        """The path or URL of what is joined, where that is a file beside `file`; None for a table."""
        looks_like_a_file = "/" in join.table or PurePosixPath(join.table).suffix in _FILES
        if self.file is None or not looks_like_a_file:
            return None
        if "://" in join.table or join.table.startswith("/"):
            return join.table
        steps = self.file.rstrip("/").split("/")
        fixed = next((place for place, step in enumerate(steps) if any(mark in step for mark in "*?[")), len(steps) - 1)
        return "/".join((*steps[:fixed], join.table.removeprefix("./")))

    @property
    def told(self) -> str:
        """What to call it in a sentence; no secret is in it."""
        if self.file is not None:
            return self.file
        return f"database {self.database}" if self.database else f"MaxCompute project {self.maxcompute.project}"  # type: ignore[union-attr]
