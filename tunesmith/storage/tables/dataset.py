"""Datasets and database schemas that people attached."""

from sqlalchemy import JSON, Column, Float, Index, String, Table

from .base import metadata

datasets = Table(
    "datasets",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("file_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("report", JSON, nullable=False),
    Column("schema_sha256", String),
    Column("validation_id", String),
    Column("created_by", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # Since when nothing new is done with it; its bytes go when no job needs them.
    Column("deleted_at", Float),
    # The dataset that it was made from, with people's corrections.
    Column("corrected_from", String),
    Index("ix_datasets_channel", "team", "channel", "created_at"),
    Index("ix_datasets_file", "team", "file_id"),
    Index("ix_datasets_sha256", "sha256"),
)

# DDL files that were attached and read.
schemas = Table(
    "schemas",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("file_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("created_by", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # As that of a dataset.
    Column("deleted_at", Float),
    Index("ix_schemas_file", "team", "file_id"),
    Index("ix_schemas_sha256", "sha256"),
)
