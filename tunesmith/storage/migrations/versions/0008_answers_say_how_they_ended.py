"""Answers say how they ended and whose model gave them; a message is noted once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("answers") as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("finish_reason", sa.String(), nullable=True))
    # Of two notes of one message the first is right: the other took it for its own later.
    op.execute(
        "DELETE FROM messages WHERE EXISTS (SELECT 1 FROM messages AS first "
        "WHERE first.channel = messages.channel AND first.ts = messages.ts "
        "AND (first.created_at < messages.created_at "
        "OR first.created_at = messages.created_at AND first.key < messages.key))"
    )
    op.create_index("ix_messages_ts", "messages", ["channel", "ts"], unique=True)
