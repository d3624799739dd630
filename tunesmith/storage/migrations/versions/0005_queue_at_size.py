"""The queue keeps its pace at any size; answers, budgets and what two replicas share."""

import time
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Where the kinds run whose tasks do not say it yet; all others tell people something.
_PLACES = {
    "check": (
        "inspect",
        "schema",
        "schema.dataset",
        "job.overlap",
        "histogram",
        "fix.preview",
        "fix",
        "split",
        "convert",
    ),
    "ask": ("ask",),
    "job": ("launch", "watch", "cancel"),
    "follow": ("job.progress",),
}
_COUNTS = (("jobs", "trained_tokens"), ("metrics", "step"), ("metrics", "total_steps"))


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    _widen_tasks()
    _index_tasks()
    if op.get_context().dialect.name == "postgresql":  # integers of SQLite are as wide as need be
        for table, column in _COUNTS:
            op.alter_column(table, column, type_=sa.BigInteger())
    _create_tables()


def _widen_tasks() -> None:
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_index("ix_tasks_due")
        batch_op.drop_index("ix_tasks_lane")
        batch_op.add_column(sa.Column("place", sa.String(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("waiting", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("lost", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("failing_since", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("given_up", sa.Text(), nullable=True))
    tasks = sa.table("tasks", sa.column("place", sa.String()), sa.column("kind", sa.String()))
    op.execute(tasks.update().values(place="tell"))
    for place, kinds in _PLACES.items():
        op.execute(tasks.update().where(tasks.c.kind.in_(kinds)).values(place=place))
    op.execute(
        "UPDATE tasks SET waiting = true WHERE done_at IS NULL AND lane IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM tasks AS older WHERE older.lane = tasks.lane "
        "AND older.done_at IS NULL AND older.id < tasks.id)"
    )


def _index_tasks() -> None:
    op.create_index(
        "ix_tasks_due",
        "tasks",
        ["place", "not_before", "id"],
        **_where("done_at IS NULL AND NOT waiting"),
    )
    op.create_index("ix_tasks_lane", "tasks", ["lane", "id"], **_where("done_at IS NULL"))
    op.create_index("ix_tasks_done", "tasks", ["done_at"], **_where("done_at IS NOT NULL"))
    op.create_index("ix_tasks_failed", "tasks", ["done_at"], **_where("error IS NOT NULL"))


def _create_tables() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("rest_until", sa.Float(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("lane", name=op.f("pk_lanes")),
    )
    op.create_table(
        "pace",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("next_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_pace")),
    )
    op.create_table(
        "answers",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_answers")),
    )
    op.create_table(
        "workspaces",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("heard_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_workspaces")),
    )
    # The version before may still run beside this one, and keys what it takes up otherwise: what
    # comes in the first minutes is not looked for in the history.
    known = sa.text(
        "INSERT INTO workspaces SELECT DISTINCT team, CAST(:soon AS FLOAT) FROM datasets"
    )
    op.execute(known.bindparams(soon=time.time() + 600))
    op.create_table(
        "budgets",
        sa.Column("team", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_budgets")),
    )
    op.create_table(
        "file_stores",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("created_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_file_stores")),
    )
