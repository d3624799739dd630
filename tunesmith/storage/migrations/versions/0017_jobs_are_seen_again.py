"""Jobs that were given up are seen again; uploads go in parts; outages of providers are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("looked_at", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("lost_at", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("reopened", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("cancel_refused", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("upload", sa.JSON(), nullable=True))
        batch_op.create_index("ix_jobs_provider", ["provider", "provider_job_id"])
    op.create_table(
        "outages",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("provider", name="pk_outages"),
    )
