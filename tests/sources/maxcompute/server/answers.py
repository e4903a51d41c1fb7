"""Answers of the service, as its XML and JSON."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from tests.sources.maxcompute.server.instances import TASK, Instance
from tests.sources.maxcompute.server.tables import TableFacts


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    stream: bool = False
    """The body is rows, which faults of the stream apply to."""


def xml(text: str, **headers: str) -> Answer:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, f'<?xml version="1.0"?>{text}'.encode(), {"Content-Type": "application/xml", **told})


def plain(text: str) -> Answer:
    return Answer(200, text.encode(), {"Content-Type": "text/plain"})


def as_json(document: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document).encode(), {"Content-Type": "application/json"})


def error(status: int, code: str, message: str) -> Answer:
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message><RequestId>R1</RequestId><HostId>here</HostId>"
    body = f"<Error>{told}</Error>"
    return Answer(status, body.encode(), {"Content-Type": "application/xml", "x-odps-request-id": "R1"})


def project(name: str, properties: dict[str, str], moment: datetime) -> Answer:
    listed = "".join(
        f"<Property><Name>{key}</Name><Value>{value}</Value></Property>" for key, value in properties.items()
    )
    when = format_datetime(moment, usegmt=True)
    return xml(
        f"<Project><Name>{name}</Name><State>AVAILABLE</State><Properties>{listed}</Properties></Project>",
        **{"x-odps-owner": "ALIYUN$us", "x-odps-creation-time": when, "Last-Modified": when},
    )


def instance_status(one: Instance) -> Answer:
    state = "Terminated" if one.over else "Running"
    ended = format_datetime(one.ended, usegmt=True) if one.ended else ""
    return xml(
        f"<Instance><Status>{state}</Status></Instance>",
        **{
            "x-odps-owner": "ALIYUN$us",
            "x-odps-start-time": format_datetime(one.begun, usegmt=True),
            "x-odps-end-time": ended,
        },
    )


def task_statuses(one: Instance) -> Answer:
    state = "Terminated" if one.over else "Running"
    task = f'<Task Type="SQL"><Name>{TASK}</Name><Status>{one.state.capitalize()}</Status></Task>'
    return xml(f"<Instance><Status>{state}</Status><Tasks>{task}</Tasks></Instance>")


def progress(one: Instance) -> Answer:
    if one.state == "WAITING":
        return xml("<Progress></Progress>")
    stages = "".join(
        f"<Stage ID={quoteattr(name)}><BackupWorkers>0</BackupWorkers><TerminatedWorkers>0</TerminatedWorkers>"
        f"<RunningWorkers>1</RunningWorkers><TotalWorkers>1</TotalWorkers><InputRecords>0</InputRecords>"
        f"<OutputRecords>0</OutputRecords><FinishedPercentage>{percent}</FinishedPercentage></Stage>"
        for name, percent in (("M1_job_0", one.percent), ("R2_1_job_0", one.percent // 2))
    )
    return xml(f"<Progress>{stages}</Progress>")


def result(one: Instance) -> Answer:
    kept = f'<Result Format="text"><![CDATA[{one.result}]]></Result>'
    task = f'<Task Type="SQL"><Name>{TASK}</Name>{kept}<Status>{one.state.capitalize()}</Status></Task>'
    return xml(f"<Instance><Tasks>{task}</Tasks></Instance>")


def table(name: str, facts: TableFacts, columns: list[tuple[str, str]]) -> Answer:
    schema = {
        **schema_document(facts, columns),
        "owner": "ALIYUN$us",
        "createTime": int(facts.made.timestamp()),
        "lastModifiedTime": int(facts.changed.timestamp()),
        "lastDDLTime": int(facts.made.timestamp()),
        "lifecycle": facts.lifecycle,
        "isVirtualView": facts.view,
    }
    made, changed = (format_datetime(moment, usegmt=True) for moment in (facts.made, facts.changed))
    return xml(
        f"<Table><Name>{name}</Name><TableId>1</TableId><Owner>ALIYUN$us</Owner><CreationTime>{made}</CreationTime>"
        f"<LastModifiedTime>{changed}</LastModifiedTime>"
        f'<Schema format="Json"><![CDATA[{json.dumps(schema)}]]></Schema></Table>'
    )


def schema_document(facts: TableFacts, columns: list[tuple[str, str]]) -> dict[str, object]:
    def one(name: str, kind: str) -> dict[str, object]:
        return {"name": name, "type": kind, "isNullable": True, "comment": "", "label": ""}

    return {
        "columns": [one(name, kind) for name, kind in columns if name not in facts.keys],
        "partitionKeys": [one(name, kind) for name, kind in columns if name in facts.keys],
    }


def partitions(listed: list[dict[str, str]]) -> Answer:
    told = "".join(
        "<Partition>"
        + "".join(f"<Column Name={quoteattr(key)} Value={quoteattr(value)}/>" for key, value in spec.items())
        + "</Partition>"
        for spec in listed
    )
    return xml(f"<Partitions><Marker/><MaxItems>1000</MaxItems>{told}</Partitions>")


def partition(facts: TableFacts) -> Answer:
    schema = {"createTime": int(facts.made.timestamp()), "lastModifiedTime": int(facts.changed.timestamp())}
    return xml(f'<Partition><Schema format="Json"><![CDATA[{json.dumps(schema)}]]></Schema></Partition>')
