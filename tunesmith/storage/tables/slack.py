"""What stands in Slack: workspaces, channels, messages, reactions, threads, posts."""

from sqlalchemy import Column, Float, Index, String, Table

from .base import metadata

workspaces = Table(
    "workspaces",
    metadata,
    Column("team", String, primary_key=True),
    Column("heard_at", Float, nullable=False),
)

# What was chosen for a channel.
channels = Table(
    "channels",
    metadata,
    Column("team", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("provider", String),
    # The `AskedModel.ref` of the model that answers where none is named.
    Column("default_model", String),
)

messages = Table(
    "messages",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # A digest of what it says since its last edit.
    Column("shown", String),
    Index("ix_messages_ts", "channel", "ts", unique=True),
)

# Reactions of ours that are, or may be, on a message.
reactions = Table(
    "reactions",
    metadata,
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("name", String, primary_key=True),
)

# Messages that are being posted, or whose posting broke off.
postings = Table(
    "postings",
    metadata,
    Column("key", String, primary_key=True),
)

threads = Table(
    "threads",
    metadata,
    Column("channel", String, primary_key=True),
    Column("ts", String, primary_key=True),
    Column("locale", String, nullable=False),
    Column("created_at", Float, nullable=False),
)
