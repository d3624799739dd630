"""Answers keep their question, who asked whom and how, and what it used and cost."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ADDED = (
    ("team", sa.String()),
    ("channel", sa.String()),
    ("thread", sa.String()),
    ("asked_by", sa.String()),
    ("question", sa.Text()),
    ("provider", sa.String()),
    ("model", sa.String()),
    ("shown", sa.String()),
    ("model_ref", sa.String()),
    ("settings", sa.JSON()),
    ("first_seconds", sa.Float()),
    ("input_tokens", _COUNT),
    ("cached_tokens", _COUNT),
    ("output_tokens", _COUNT),
    ("usd", sa.Numeric(18, 10)),
    ("tool_calls", sa.JSON()),
    ("labels", sa.JSON()),
)


def upgrade() -> None:
    with op.batch_alter_table("answers") as batch_op:
        for name, kind in _ADDED:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    op.create_index("ix_answers_thread", "answers", ["channel", "thread", "created_at"])
    op.create_index("ix_answers_channel", "answers", ["team", "channel", "created_at"])
    op.create_index("ix_answers_asked_by", "answers", ["team", "asked_by", "created_at"])
