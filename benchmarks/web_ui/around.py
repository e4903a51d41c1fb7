"""What stands around the runs: notices, alarms, schedules, declarations, replays, tokens, people."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from benchmarks.web_ui.lived import PIPELINE
from benchmarks.web_ui.past_runs import Row, Rows
from benchmarks.web_ui.size import Size

from kingmaker.adapters.ledgers.centre_tables import access_token, alarm, declared, notice, replay_request, schedule


def around(connection: sa.Connection, size: Size, now: datetime) -> Rows:
    text = connection.execute(sa.select(declared).where(declared.c.pipeline == PIPELINE)).mappings().one()
    return {
        notice: list(_notices(size, now)),
        alarm: list(_alarms(size, now)),
        schedule: [_schedule(name, now) for name in [PIPELINE, *size.names()]],
        declared: list(_declarations(dict(text), size)),
        replay_request: list(_replays(size, now)),
        access_token: list(_tokens(size, now)),
    }


def _notices(size: Size, now: datetime) -> Iterator[Row]:
    names = [PIPELINE, *size.names()]
    for number in range(1, size.notices + 1):
        pipeline = names[number % len(names)]
        is_fault = number % 7 == 0
        yield {
            "number": size.runs + number,
            "cause": f"fault/{pipeline}/schedule" if is_fault else f"verdict/{pipeline}/{number}",
            "kind": "fault" if is_fault else "verdict",
            "pipeline": pipeline,
            "run": None if is_fault else number,
            "title": f"{pipeline}: the challenger waits for a person",
            "text": "Better by 5.44 ± 0.42 points of false kill at 70 % approval and by 0.1592 ± 0.0087 of AUC.",
            "raised_at": now - timedelta(days=2, hours=number),
            "count": 1,
            "attempts": 1,
            "due_at": None,
            "told_at": now - timedelta(days=2, hours=number),
            "reached": '["risk"]',
            "detail": "",
        }


def _alarms(size: Size, now: datetime) -> Iterator[Row]:
    names = [PIPELINE, *size.names()]
    for number in range(1, size.alarms + 1):
        lasts = number > size.alarms - len(names)
        yield {
            "number": number,
            "pipeline": names[number % len(names)],
            "kind": "feature_drift",
            "what": f"column {number % 40}",
            "level": "alarm" if number % 3 == 0 else "watch",
            "value": 0.27,
            "worst": 0.31,
            "limit": 0.25,
            "sentence": f"The applicants' column {number % 40} has moved by a PSI of 0.27; 0.25 is an alarm.",
            "since": now - timedelta(days=1, hours=size.alarms - number),
            "seen_at": now,
            "until": None if lasts else now - timedelta(hours=size.alarms - number),
            "ended": "" if lasts else "No reading is beyond the limit any longer.",
        }


def _schedule(pipeline: str, now: datetime) -> Row:
    return {
        "pipeline": pipeline,
        "cron": "0 2 * * *",
        "zone": "Asia/Shanghai",
        "grace_seconds": 3600.0,
        "priority": 0,
        "set_by": "olga",
        "set_at": now - timedelta(days=30),
        "next_at": now + timedelta(hours=20),
        "last_at": now - timedelta(hours=4),
        "paused_by": None,
    }


def _declarations(newest: Row, size: Size) -> Iterator[Row]:
    """The real pipeline's many, one of each other."""
    for number in range(2, size.declarations + 1):
        said = newest["text"] + f"# changed for the {number}th time\n"
        yield newest | {"number": number, "text": said, "digest": f"{number:064}"}
    for name in size.names():
        said = newest["text"].replace(f"pipeline: {PIPELINE}", f"pipeline: {name}")
        yield newest | {"pipeline": name, "number": 1, "text": said, "digest": f"{name:0>64}"}


def _replays(size: Size, now: datetime) -> Iterator[Row]:
    names = [PIPELINE, *size.names()]
    for number in range(1, size.replays + 1):
        yield {
            "number": number,
            "key": f"replay {number}",
            "pipeline": names[number % len(names)],
            "declaration": 1,
            "first": date(2018, 3, 31),
            "last": date(2019, 12, 31),
            "every": "quarter",
            "dates": 8,
            "policies": "never,always,point,proven",
            "holds": "refuse",
            "requested_by": "olga",
            "asked_at": now - timedelta(days=1),
            "state": "cancelled",
            "started_at": None,
            "ended_at": now - timedelta(hours=20),
            "progress": None,
            "cancelled_by": "olga",
            "detail": "Asked for by mistake.",
            "result": None,
            "page": None,
            "holder": None,
            "token": 0,
            "lease_expires_at": None,
        }


def _tokens(size: Size, now: datetime) -> Iterator[Row]:
    for number in range(1, size.tokens + 1):
        yield {
            "id": f"{number:012x}",
            "digest": f"{number:064x}",
            "name": f"branch-{number:04}",
            "role": "endpoint",
            "pipelines": f'["{PIPELINE}"]',
            "made_by": "ada",
            "made_at": now - timedelta(days=number % 80),
            "expires_at": now + timedelta(days=90),
            "revoked_at": None,
            "last_used_at": now,
        }
