"""Messages that are being posted are noted, and what each one shows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "postings",
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_postings")),
    )
    op.add_column("messages", sa.Column("shown", sa.String(), nullable=True))
