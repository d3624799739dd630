"""Jobs are looked for long enough before they are created again or given up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("asked_at", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("misses", sa.Integer(), server_default="0", nullable=False))
