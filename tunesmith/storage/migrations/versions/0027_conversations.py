"""Conversations in threads, the model that a channel asks, and what people thought of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "thread", name="pk_conversations"),
    )
    op.create_table(
        "feedback",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("is_good", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", "person", name="pk_feedback"),
    )
    with op.batch_alter_table("answers") as batch_op:
        batch_op.add_column(sa.Column("conversation", sa.String(), nullable=True))
    op.create_index("ix_answers_conversation", "answers", ["conversation"])
    with op.batch_alter_table("channels") as batch_op:
        batch_op.add_column(sa.Column("default_model", sa.String(), nullable=True))
