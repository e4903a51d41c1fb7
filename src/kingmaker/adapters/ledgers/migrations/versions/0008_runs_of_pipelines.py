"""A pipeline's newest runs are found without reading everybody else's."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_run_pipeline_number", "run", ["pipeline", "number"])
