"""Jobs keep which rows of their training file cost the tuned model most."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "row_losses",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("line", _COUNT, nullable=False),
        sa.Column("loss", sa.Float(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_row_losses_job_id_jobs"),
        sa.PrimaryKeyConstraint("job_id", "line", name="pk_row_losses"),
    )
