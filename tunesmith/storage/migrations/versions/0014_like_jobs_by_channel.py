"""The same file may be trained on in two channels; a job's answers are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "uq_jobs_active_in_channel",
        "jobs",
        ["team", "channel", "fingerprint"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.drop_index("uq_jobs_active", "jobs")
    op.create_index("ix_answers_job", "answers", ["job_id", "created_at"])
