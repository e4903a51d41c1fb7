"""Instances: statements that wait, run and end, as fast as somebody looks at them."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import duckdb
from tests.sources.maxcompute.server.tables import Tables

TASK = "AnonymousSQLTask"


@dataclass(slots=True)
class Instance:
    """`looks` counts how often its state was asked for; it waits, then runs, for so many of them."""

    id: str
    guid: str
    sql: str
    priority: int
    settings: str
    begun: datetime
    source: str
    waiting: int = 0
    running: int = 0
    state: str = "WAITING"
    result: str = ""
    ended: datetime | None = None
    looks: int = 0

    @property
    def over(self) -> bool:
        return self.state in {"SUCCESS", "FAILED", "CANCELLED"}

    @property
    def percent(self) -> int:
        ran = self.looks - self.waiting
        return max(0, min(99, round(100 * ran / (self.running + 1))))


@dataclass
class Instances:
    """All that were ever submitted, and every submission: the same identifier is the same instance."""

    tables: Tables
    known: dict[str, Instance] = field(default_factory=dict)
    submissions: list[str] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)
    waiting: int = 1
    running: int = 2
    held: bool = False
    """Nothing ends while this is set."""
    failing: str = ""
    """The message with which the next statement fails."""

    def submit(self, body: bytes) -> Instance:
        job = ET.fromstring(body)
        guid = job.findtext("./Job/Guid") or ""
        sql = (job.findtext("./Job/Tasks/SQL/Query") or "").strip().rstrip(";")
        properties = {one.findtext("Name"): one.findtext("Value") for one in job.iter("Property")}
        with self.tables.lock:
            self.submissions.append(sql)
            found = next((one for one in self.known.values() if guid and one.guid == guid), None)
            if found is not None:
                return found
            number = f"{datetime.now(UTC):%Y%m%d%H%M%S}{len(self.known):03}g{secrets.token_hex(4)}"
            made = Instance(
                id=number,
                guid=guid,
                sql=sql,
                priority=int(job.findtext("./Job/Priority") or 9),
                settings=properties.get("settings") or "",
                begun=datetime.now(UTC).replace(microsecond=0),
                source=ET.tostring(job.find("Job"), encoding="unicode"),
                waiting=self.waiting,
                running=self.running,
            )
            self.known[number] = made
            return made

    def look(self, number: str) -> Instance | None:
        """A step further with every look."""
        with self.tables.lock:
            found = self.known.get(number)
            if found is not None and not found.over:
                found.looks += 1
                if found.looks > found.waiting:
                    found.state = "RUNNING"
                if found.looks > found.waiting + found.running and not self.held:
                    self._end(found)
            return found

    def stop(self, number: str) -> None:
        with self.tables.lock:
            found = self.known[number]
            if not found.over:
                found.state, found.ended = "CANCELLED", datetime.now(UTC)

    def running_ones(self) -> list[Instance]:
        with self.tables.lock:
            return [one for one in self.known.values() if not one.over]

    def _end(self, one: Instance) -> None:
        failing, self.failing = self.failing, ""
        try:
            self.executed.append(one.sql)
            if failing:
                one.state, one.result = "FAILED", failing
            else:
                self.tables.run(one.sql)
                one.state = "SUCCESS"
        except duckdb.Error as error:
            one.state = "FAILED"
            one.result = f"ODPS-0130131:[1,1] Table not found - {' '.join(str(error).split())}"
        one.ended = datetime.now(UTC)
