"""Evaluations: rows whose right answers are known, put to a model and to others beside it."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0026"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("against", sa.String()),
        sa.Column("automatic", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("contestants", sa.JSON(), nullable=False),
        sa.Column("rows", _COUNT, nullable=False, server_default="0"),
        sa.Column("left_out", _COUNT, nullable=False, server_default="0"),
        sa.Column("facts", sa.JSON()),
        sa.Column("estimated_usd", sa.Numeric(12, 4, asdecimal=True)),
        sa.Column("usd", sa.Numeric(12, 4, asdecimal=True)),
        sa.Column("summary", sa.JSON()),
        sa.Column("error", sa.Text()),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("cancelled_by", sa.String()),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("started_at", sa.Float()),
        sa.Column("finished_at", sa.Float()),
    )
    op.create_index("ix_evaluations_job", "evaluations", ["job_id", "created_at"])
    op.create_index("ix_evaluations_dataset", "evaluations", ["dataset_id"])
    op.create_index("ix_evaluations_team", "evaluations", ["team", "started_at"])
    op.create_table(
        "evaluation_rows",
        sa.Column("evaluation_id", sa.String(), primary_key=True),
        sa.Column("number", _COUNT, primary_key=True),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.Column("shots", sa.JSON()),
        sa.Column("choice", sa.String()),
        sa.Column("chosen_by", sa.String()),
    )
    op.create_table(
        "evaluation_answers",
        sa.Column("evaluation_id", sa.String(), primary_key=True),
        sa.Column("number", _COUNT, primary_key=True),
        sa.Column("contestant", sa.String(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("finish_reason", sa.String()),
        sa.Column("refused", sa.Text()),
        sa.Column("seconds", sa.Float()),
        sa.Column("first_seconds", sa.Float()),
        sa.Column("input_tokens", _COUNT),
        sa.Column("output_tokens", _COUNT),
        sa.Column("usd", sa.Numeric(14, 8, asdecimal=True)),
        sa.Column("score", sa.JSON()),
    )
