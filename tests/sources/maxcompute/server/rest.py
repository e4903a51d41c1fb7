"""The REST of the server: projects, instances, and what is known of tables."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.sources.maxcompute.server import answers
from tests.sources.maxcompute.server.answers import Answer
from tests.sources.maxcompute.server.faults import Kind
from tests.sources.maxcompute.server.instances import Instances
from tests.sources.maxcompute.server.tables import Tables

_PLACE = re.compile(r"^/projects/(?P<project>\w+)(?:/schemas/\w+)?(?:/(?P<room>\w+))?(?:/(?P<name>\w+))?$")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `query` has '' for what is only named."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Rest:
    tables: Tables
    instances: Instances
    project: str
    address: str = ""
    properties: dict[str, str] = field(default_factory=dict)

    def kind(self, asked: Asked) -> Kind:
        found = _PLACE.match(asked.path)
        room = found["room"] if found else None
        if room == "instances":
            if asked.method == "POST":
                return Kind.SUBMIT
            return Kind.STOP if asked.method == "PUT" else Kind.STATUS
        if room == "tables":
            return Kind.TABLE
        return Kind.PROJECT if found and room is None else Kind.OTHER

    def answer(self, asked: Asked) -> Answer:
        by_path = {
            "/logview/host": lambda: answers.plain("https://logview.example"),
            "/tenants": lambda: answers.as_json({"Tenant": {"Name": "us", "Parameters": {}}}),
        }
        if asked.path in by_path:
            return by_path[asked.path]()
        found = _PLACE.match(asked.path)
        if found is None or found["project"] != self.project:
            return answers.error(404, "NoSuchProject", f"The specified project name does not exist: {asked.path}")
        name = found["name"] or ""
        by_room = {
            None: lambda: answers.project(self.project, self.properties, datetime.now(UTC)),
            "tunnel": lambda: answers.plain(self.address),
            "authorization": lambda: answers.xml("<Authorization><Result>looking-token</Result></Authorization>"),
            "instances": lambda: self._submitted(asked) if asked.method == "POST" else self._instance(asked, name),
            "tables": lambda: self._tables(asked, name),
        }
        return by_room[found["room"]]()

    def _submitted(self, asked: Asked) -> Answer:
        made = self.instances.submit(asked.body)
        place = f"http://{self.address}/api/projects/{self.project}/instances/{made.id}"
        return Answer(201, b"", {"Location": place})

    def _instance(self, asked: Asked, number: str) -> Answer:
        one = self.instances.known.get(number)
        if one is None:
            return answers.error(404, "NoSuchObject", f"There is no instance {number}.")
        if asked.method == "PUT":
            self.instances.stop(number)
            return Answer()
        shown = {
            "taskstatus": answers.task_statuses,
            "instanceprogress": answers.progress,
            "result": answers.result,
            "source": lambda known: answers.xml(known.source),
        }
        wanted = next((shown[key] for key in shown if key in asked.query), None)
        return wanted(one) if wanted else answers.instance_status(self.instances.look(number) or one)

    def _tables(self, asked: Asked, name: str) -> Answer:
        name = name.lower()
        if not self.tables.exists(name):
            return answers.error(404, "NoSuchObject", f"ODPS-0130131:Table not found - table {self.project}.{name}")
        facts = self.tables.facts[name]
        if "partitions" in asked.query:
            return answers.partitions(self.tables.partitions(name))
        if "partition" in asked.query:
            return answers.partition(facts)
        return answers.table(name, facts, self.tables.columns(name))
