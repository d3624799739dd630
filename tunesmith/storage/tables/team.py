"""What concerns the whole team: audit log, budgets, outages, where files are kept."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, false

from .base import metadata

# Who did what. Rows are only ever added: triggers of migration 0011 refuse all else. A migration
# that makes this table anew in SQLite (`batch_alter_table`) has to make them anew.
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("team", String, nullable=False),
    Column("channel", String),
    # None where nobody pressed anything: a provider ended a job.
    Column("person", String),
    Column("action", String, nullable=False),
    # The id of the job, dataset or model.
    Column("subject", String, nullable=False),
    Column("details", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Index("ix_audit_log_team", "team", "id"),
)

budgets = Table(
    "budgets",
    metadata,
    Column("team", String, primary_key=True),
)

# Providers that can't be asked just now: `said` is why, as a stored message.
outages = Table(
    "outages",
    metadata,
    Column("provider", String, primary_key=True),
    Column("since", Float, nullable=False),
    Column("said", Text, nullable=False),
    # Whether people were told.
    Column("told", Boolean, nullable=False, server_default=false()),
)

file_stores = Table(
    "file_stores",
    metadata,
    Column("token", String, primary_key=True),
    Column("created_at", Float, nullable=False),
)
