"""The tables of the control centre, beside those of the loop in `tables`."""

import sqlalchemy as sa

from kingmaker.adapters.ledgers.tables import Moment, metadata

queued_request = sa.Table(
    "queued_request",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("declaration", sa.Text, nullable=False),
    sa.Column("declaration_digest", sa.Text, nullable=False),
    sa.Column("declared_in", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("run", sa.ForeignKey("run.number"), unique=True),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
"""`content` is the request's own key: the digest of pipeline, declaration and day. `key` is the first asker's."""

request_key = sa.Table(
    "request_key",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.ForeignKey("queued_request.number"), nullable=False, index=True),
)
"""Every key that was asked with, and the request that it was answered with: several where others asked for the same."""

run_event = sa.Table(
    "run_event",
    metadata,
    sa.Column("run", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
)

cancellation = sa.Table(
    "cancellation",
    metadata,
    sa.Column("run", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

schedule = sa.Table(
    "schedule",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("cron", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("grace_seconds", sa.Float, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("set_by", sa.Text, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("last_at", Moment),
    sa.Column("paused_by", sa.Text),
)

declared = sa.Table(
    "declared",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("declared_in", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

access_token = sa.Table(
    "access_token",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("pipelines", sa.Text),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.Column("last_used_at", Moment),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("roles", sa.Text, nullable=False),
    sa.Column("pipelines", sa.Text),
    sa.Column("password_hash", sa.Text),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("disabled_at", Moment),
    sa.Column("locked_until", Moment),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_login_at", Moment),
)

login_session = sa.Table(
    "login_session",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("person", sa.ForeignKey("person.name"), nullable=False, index=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

champion_freeze = sa.Table(
    "champion_freeze",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("lifted_by", sa.Text),
    sa.Column("lifted_why", sa.Text),
    sa.Column("lifted_at", Moment),
)

notice = sa.Table(
    "notice",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("cause", sa.Text, nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("run", sa.Integer),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("raised_at", Moment, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("told_at", Moment),
    sa.Column("reached", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

outcome_file = sa.Table(
    "outcome_file",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("pipeline", "file"),
)

alarm = sa.Table(
    "alarm",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("worst", sa.Float, nullable=False),
    sa.Column("limit", sa.Float, nullable=False),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.Column("ended", sa.Text, nullable=False),
    sa.Index("ix_alarm_pipeline_number", "pipeline", "number"),
    sqlite_autoincrement=True,
)
"""`until` is null while an alarm lasts; rows are never deleted."""

replay_request = sa.Table(
    "replay_request",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("declaration", sa.Integer, nullable=False),
    sa.Column("first", sa.Date, nullable=False),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("every", sa.Text, nullable=False),
    sa.Column("dates", sa.Integer, nullable=False),
    sa.Column("policies", sa.Text, nullable=False),
    sa.Column("holds", sa.Text, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("started_at", Moment),
    sa.Column("ended_at", Moment),
    sa.Column("progress", sa.Text),
    sa.Column("cancelled_by", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("page", sa.Text),
    sa.Column("holder", sa.Text),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("lease_expires_at", Moment),
    sa.UniqueConstraint("pipeline", "key"),
    sqlite_autoincrement=True,
)
"""`policies` are separated by commas. `detail` is why its end was wished for, before it has come. Rows are never deleted."""

erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("pipeline", sa.Text, nullable=False, index=True),
    sa.Column("customers", sa.Text, nullable=False),
    sa.Column("applications", sa.Text, nullable=False),
    sa.Column("versions", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("erased", sa.Text, nullable=False),
    sa.Column("files", sa.Text),
    sqlite_autoincrement=True,
)
"""`customers` and `applications` are keyed hashes separated by blanks, `versions` likewise; `erased` is JSON. `files` is the
digest of the rows of `erasure_replacement`. Rows are never deleted."""

erasure_replacement = sa.Table(
    "erasure_replacement",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("erasure", sa.ForeignKey("erasure.number"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("old", sa.Text, nullable=False, index=True),
    sa.Column("new", sa.Text),
    sa.Column("current", sa.Text, index=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.UniqueConstraint("erasure", "old"),
    sqlite_autoincrement=True,
)
"""`new` is what was written then; `current` what stands for the old file since others were erased from it too."""
