"""Erasures, and which file stands for which. There were none before."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "erasure",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("customers", sa.Text(), nullable=False),
        sa.Column("applications", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_erasure"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasure_pipeline", "erasure", ["pipeline"])
    op.create_table(
        "erasure_replacement",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("erasure", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("current", sa.Text(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_erasure_replacement"),
        sa.ForeignKeyConstraint(["erasure"], ["erasure.number"], name="fk_erasure_replacement_erasure"),
        sa.UniqueConstraint("erasure", "old", name="uq_erasure_replacement_erasure_old"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasure_replacement_old", "erasure_replacement", ["old"])
    op.create_index("ix_erasure_replacement_current", "erasure_replacement", ["current"])
