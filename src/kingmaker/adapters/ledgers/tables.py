"""The ledger's tables. A change here needs a new file in `migrations/versions/`; a test holds the two equal."""

from datetime import UTC, datetime

import sqlalchemy as sa


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC, aware in Python; SQLite keeps it without a zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

_unfinished = sa.text("reason = 'requested'")

run = sa.Table(
    "run",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("pipeline", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("declaration", sa.Text, nullable=False),
    sa.Column("declaration_digest", sa.Text, nullable=False),
    sa.Column("declared_in", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("holder", sa.Text),
    sa.Column("token", sa.Integer, nullable=False),
    sa.Column("lease_expires_at", Moment),
    sa.Index("uq_run_unfinished", "pipeline", unique=True, sqlite_where=_unfinished, postgresql_where=_unfinished),
    sa.Index("ix_run_pipeline_number", "pipeline", "number"),
    sqlite_autoincrement=True,
)

stage = sa.Table(
    "stage",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("run", sa.ForeignKey("run.number"), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("output", sa.Text, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("finished_at", Moment, nullable=False),
    sa.Column("reused", sa.Boolean, nullable=False),
    sa.UniqueConstraint("run", "stage"),
    sqlite_autoincrement=True,
)

trial = sa.Table(
    "trial",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("learner", sa.Text, nullable=False),
    sa.Column("ended", sa.Text, nullable=False),
    sa.Column("utility", sa.Float),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("started_at", Moment),
)

trial_use = sa.Table(
    "trial_use",
    metadata,
    sa.Column("run", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("trial", sa.ForeignKey("trial.key"), primary_key=True),
)

fault = sa.Table(
    "fault",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("run", sa.ForeignKey("run.number"), nullable=False, index=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("trial", sa.Integer),
    sa.Column("node", sa.Text, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("traceback", sa.Text, nullable=False),
    sa.Column("happened_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

model_version = sa.Table(
    "model_version",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("run", sa.ForeignKey("run.number"), nullable=False),
    sa.Column("archive", sa.Text, nullable=False),
    sa.Column("learner", sa.Text, nullable=False),
    sa.Column("published_at", Moment, nullable=False),
)

champion_turn = sa.Table(
    "champion_turn",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["pipeline", "version"], ["model_version.pipeline", "model_version.version"]),
)

companion_change = sa.Table(
    "companion_change",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("shadows", sa.Text, nullable=False),
    sa.Column("canary", sa.Text),
    sa.Column("share", sa.Float),
    sa.Column("since", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
)

verdict = sa.Table(
    "verdict",
    metadata,
    sa.Column("run", sa.ForeignKey("run.number"), primary_key=True),
    sa.Column("record", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("candidate_version", sa.Text),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.Column("approved", sa.Boolean),
    sa.Column("settled_by", sa.Text),
    sa.Column("settled_why", sa.Text),
    sa.Column("settled_at", Moment),
)

look = sa.Table(
    "look",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("run", sa.ForeignKey("run.number"), nullable=False, unique=True),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("artefact", sa.Text, nullable=False),
    sa.Column("champion", sa.Text, nullable=False),
    sa.Column("alpha", sa.Float, nullable=False),
    sa.Column("confirms", sa.Integer),
    sa.Column("at", Moment, nullable=False),
)

budget_reset = sa.Table(
    "budget_reset",
    metadata,
    sa.Column("pipeline", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)

audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
)
"""One row: how many entries there are and the digest of the last, so that the newest cannot be deleted unseen."""
