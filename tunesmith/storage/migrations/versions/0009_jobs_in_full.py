"""Jobs keep what was chosen, who agreed, what was billed; checkpoints and an audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("jobs") as batch_op:
        for name, kind in {
            "method": sa.String(),
            "seed": _WIDE,
            "integrations": sa.JSON(),
            "notify_channel": sa.String(),
            "continued_from": sa.String(),
            "moved_from": sa.String(),
            "approved_by": sa.String(),
            "paused_by": sa.String(),
            "billed_usd": sa.Numeric(12, 4, asdecimal=True),
            "provider_started_at": sa.Float(),
            "provider_finished_at": sa.Float(),
            "result_files": sa.JSON(),
            "deployment": sa.String(),
            "deleted_at": sa.Float(),
        }.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    op.create_table(
        "checkpoints",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("step", _WIDE, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("train_loss", sa.Float(), nullable=True),
        sa.Column("train_accuracy", sa.Float(), nullable=True),
        sa.Column("valid_loss", sa.Float(), nullable=True),
        sa.Column("valid_accuracy", sa.Float(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_checkpoints_job_id_jobs"),
        sa.PrimaryKeyConstraint("job_id", "step", name="pk_checkpoints"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_team", "audit_log", ["team", "id"])
    op.create_table(
        "channels",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("team", "channel", name="pk_channels"),
    )
