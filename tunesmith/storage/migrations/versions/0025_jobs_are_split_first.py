"""Jobs keep the file that they were split from, their grader, and the epochs that are trained."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("split_from", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("grader", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("epochs", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_jobs_split_from_datasets", "datasets", ["split_from"], ["id"]
        )
