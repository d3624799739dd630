"""Datasets keep when they were deleted, and are found by their file and by their bytes."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("datasets") as batch_op:
        batch_op.add_column(sa.Column("deleted_at", sa.Float(), nullable=True))
    op.create_index("ix_datasets_file", "datasets", ["team", "file_id"])
    op.create_index("ix_datasets_sha256", "datasets", ["sha256"])
