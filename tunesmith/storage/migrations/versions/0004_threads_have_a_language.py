"""Threads have a language, and repairs are called fixes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "threads",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "ts", name=op.f("pk_threads")),
    )
    op.execute("UPDATE tasks SET kind = 'fix' WHERE kind = 'mend'")
    op.execute("UPDATE tasks SET kind = 'fix.told' WHERE kind = 'mended'")
