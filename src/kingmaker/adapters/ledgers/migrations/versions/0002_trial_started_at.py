"""When each trial began. Trials recorded before do not know it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("trial", sa.Column("started_at", sa.DateTime(timezone=True)))
