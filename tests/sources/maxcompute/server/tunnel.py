"""The tunnel of the server: download sessions, and ranges of their rows in Arrow or records."""

import re
import secrets
import zlib
from dataclasses import dataclass, field

import pyarrow as pa
from tests.sources.maxcompute.server import answers
from tests.sources.maxcompute.server.answers import Answer
from tests.sources.maxcompute.server.faults import Kind
from tests.sources.maxcompute.server.rest import Asked
from tests.sources.maxcompute.server.streams import arrow_stream, record_stream
from tests.sources.maxcompute.server.tables import Tables

_TABLE = re.compile(r"^/projects/\w+(?:/schemas/\w+)?/tables/(\w+)$")
_RANGE = re.compile(r"^\((\d+),(\d+)\)$")


@dataclass(frozen=True, slots=True)
class Session:
    table: str
    version: int
    rows: pa.Table


@dataclass
class Tunnel:
    """`given` are the (table, partition, start, count) that were asked for, in order; `changed_tables` refuses old sessions."""

    tables: Tables
    sessions: dict[str, Session] = field(default_factory=dict)
    given: list[tuple[str, str, int, int]] = field(default_factory=list)
    compressed: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)
    columns_asked: list[str] = field(default_factory=list)
    slow_start: bool = True
    """A new session is `initiating` when it is first told of."""

    def kind(self, asked: Asked) -> Kind:
        return Kind.DATA if "data" in asked.query else Kind.SESSION

    def answer(self, asked: Asked) -> Answer:
        found = _TABLE.match(asked.path)
        name = found[1].lower() if found else ""
        if not self.tables.exists(name):
            return answers.error(404, "NoSuchTable", f"The specified table name does not exist: {name}")
        if "downloads" in asked.query:
            return self._begin(name, asked)
        number = asked.query.get("downloadid", "")
        if number not in self.sessions:
            return answers.error(404, "NoSuchDownload", "The specified download id does not exist.")
        return self._rows(number, asked) if "data" in asked.query else self._told(number, "normal")

    def _begin(self, name: str, asked: Asked) -> Answer:
        spec = asked.query.get("partition", "")
        values = dict(one.split("=", 1) for one in spec.split(",")) if spec else {}
        if bool(values) != bool(self.tables.facts[name].keys):
            return answers.error(400, "InvalidPartitionSpec", f"The partition {spec!r} does not fit table {name}.")
        number = secrets.token_hex(16)
        with self.tables.lock:
            rows = self.tables.rows(name, values)
            self.sessions[number] = Session(name, self.tables.facts[name].version, rows)
        return self._told(number, "initiating" if self.slow_start else "normal")

    def _told(self, number: str, status: str) -> Answer:
        session = self.sessions[number]
        facts = self.tables.facts[session.table]
        schema = answers.schema_document(facts, self.tables.columns(session.table))
        return answers.as_json(
            {"DownloadID": number, "Status": status, "RecordCount": session.rows.num_rows, "Schema": schema}
        )

    def _rows(self, number: str, asked: Asked) -> Answer:
        session = self.sessions[number]
        if session.version != self.tables.facts[session.table].version:
            return answers.error(
                412, "TableModified", "The specified table has been modified since the download initiated."
            )
        found = _RANGE.match(asked.query["rowrange"])
        start, count = (int(found[1]), int(found[2])) if found else (0, 0)
        kinds = dict(self.tables.columns(session.table))
        names = asked.query["columns"].split(",") if asked.query.get("columns") else session.rows.column_names
        arrow = "arrow" in asked.query
        self.given.append((session.table, asked.query.get("partition", ""), start, count))
        self.forms.append("arrow" if arrow else "records")
        self.columns_asked = names
        wanted = [(name, kinds[name]) for name in session.rows.column_names if name in names]
        rows = session.rows.select([name for name, _ in wanted]).slice(start, count)
        body = (arrow_stream if arrow else record_stream)(rows, wanted)
        headers = {"Content-Type": "application/octet-stream"}
        if "deflate" in asked.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "deflate"
            body = zlib.compress(body, 1)
        self.compressed.append(headers.get("Content-Encoding", "identity"))
        return Answer(200, body, headers, stream=True)
