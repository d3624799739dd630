"""Comparisons: one question to several models, their answers in random order, and votes."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0031"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String()),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("job_id", sa.String()),
        sa.Column("estimated_usd", sa.Numeric(14, 8, asdecimal=True)),
        sa.Column("longest_answer", _COUNT),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("begun_at", sa.Float()),
        sa.Column("shown_at", sa.Float()),
        sa.Column("shown_by", sa.String()),
    )
    op.create_index("ix_comparisons_channel", "comparisons", ["team", "channel"])
    op.create_table(
        "comparison_places",
        sa.Column("comparison_id", sa.String(), primary_key=True),
        sa.Column("place", _COUNT, primary_key=True),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("model_ref", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("failed", sa.Text()),
    )
    op.create_index("ix_comparison_places_model", "comparison_places", ["model"])
    op.create_table(
        "comparison_votes",
        sa.Column("comparison_id", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("place", _COUNT),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float()),
    )
