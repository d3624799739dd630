"""Corrected answers and where they were used."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, String, Table, Text, false

from .base import metadata

# What people wrote in the place of a model's answer. Of those for one answer, the one counts that
# was taken last and not withdrawn.
corrections = Table(
    "corrections",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    # Whose training data it is; the model's job and the file that it goes back to.
    Column("channel", String, nullable=False),
    Column("job_id", String, ForeignKey("jobs.id"), nullable=False),
    Column("dataset_id", String, ForeignKey("datasets.id"), nullable=False),
    # The answer, and where it stands.
    Column("answer_key", String, nullable=False),
    Column("asked_channel", String, nullable=False),
    Column("asked_thread", String, nullable=False),
    # What the model was asked: a list of messages, and the tools that it was given.
    Column("messages", JSON, nullable=False),
    Column("tools", JSON),
    # Messages: what it answered, and what it should have.
    Column("rejected", JSON, nullable=False),
    Column("preferred", JSON, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", Float, nullable=False),
    # Since when it counts; before that it waits for its check, or what that objects to (a stored
    # message) waits for its author, who may let it count all the same.
    Column("taken_at", Float),
    Column("objection", Text),
    Column("can_be_kept", Boolean, nullable=False, server_default=false()),
    Column("withdrawn_at", Float),
    # When the channel was asked whether to train on it.
    Column("offered_at", Float),
    Index("ix_corrections_channel", "team", "channel", "taken_at"),
    Index("ix_corrections_answer", "answer_key"),
)

# The datasets that a correction is in.
correction_uses = Table(
    "correction_uses",
    metadata,
    Column("correction_id", String, ForeignKey("corrections.id"), primary_key=True),
    Column("dataset_id", String, ForeignKey("datasets.id"), primary_key=True),
)
