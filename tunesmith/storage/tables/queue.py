"""The queue of tasks, their lanes, and the pace at which Slack is called."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from .base import metadata, where

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("lane", String),
    Column("not_before", Float, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_owner", String),
    Column("lease_until", Float),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("created_at", Float, nullable=False),
    Column("done_at", Float),
    Column("error", Text),
    # Where it runs (`Place`), so that a claim never passes over the tasks of another place.
    Column("place", String, nullable=False, server_default=""),
    # Whether an older task of its lane is unfinished.
    Column("waiting", Boolean, nullable=False, server_default=false()),
    # How often its lease ran out, and since when it has met nothing but outages.
    Column("lost", Integer, nullable=False, server_default="0"),
    Column("failing_since", Float),
    # Why it is being given up, as a stored message; its function does not run again.
    Column("given_up", Text),
    UniqueConstraint("key"),
    # Done rows are in none of the indexes that a claim reads.
    Index("ix_tasks_due", "place", "not_before", "id", **where("done_at IS NULL AND NOT waiting")),
    Index("ix_tasks_lane", "lane", "id", **where("done_at IS NULL")),
    Index("ix_tasks_done", "done_at", **where("done_at IS NOT NULL")),
    Index("ix_tasks_failed", "done_at", **where("error IS NOT NULL")),
)

lanes = Table(
    "lanes",
    metadata,
    Column("lane", String, primary_key=True),
    Column("rest_until", Float, nullable=False, server_default="0"),
)

pace = Table(
    "pace",
    metadata,
    Column("scope", String, primary_key=True),
    Column("next_at", Float, nullable=False),
)
