"""Questions, conversations, answers, and what people thought of them."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Numeric, String, Table, Text

from .base import COUNT, metadata

# In which threads somebody talks with a model without mentioning it, since which message (its
# `ts`), and with which question it began (the key of its task).
conversations = Table(
    "conversations",
    metadata,
    Column("channel", String, primary_key=True),
    Column("thread", String, primary_key=True),
    Column("asked_by", String, nullable=False),
    Column("key", String, nullable=False),
    Column("since", Float, nullable=False),
    Column("created_at", Float, nullable=False),
)

# Questions that wait for their answer, where it is limited how many may be asked.
questions = Table(
    "questions",
    metadata,
    Column("key", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("asked_at", Float, nullable=False),
)

# What people thought of answers, by the key of the question's task.
feedback = Table(
    "feedback",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("is_good", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("job_id", String),
    # The provider's word for how it ended; none where it broke off.
    Column("finish_reason", String),
    # Where it was asked, by whom and what; the thread is the one in which it goes on.
    Column("team", String),
    Column("channel", String),
    Column("thread", String),
    Column("asked_by", String),
    Column("question", Text),
    # Who answered: `AskedModel`, and its `ref`.
    Column("provider", String),
    Column("model", String),
    Column("shown", String),
    Column("model_ref", String),
    # How it was asked, what of it was used, and what it cost.
    Column("settings", JSON),
    Column("first_seconds", Float),
    Column("input_tokens", COUNT),
    Column("cached_tokens", COUNT),
    Column("output_tokens", COUNT),
    Column("usd", Numeric(18, 10, asdecimal=True)),
    # Tools that it wants called, and how likely each class is.
    Column("tool_calls", JSON),
    Column("labels", JSON),
    Index("ix_answers_job", "job_id", "created_at"),
    # The first question's key, where this one went on with a conversation.
    Column("conversation", String, index=True),
    Index("ix_answers_thread", "channel", "thread", "created_at"),
    Index("ix_answers_channel", "team", "channel", "created_at"),
    Index("ix_answers_asked_by", "team", "asked_by", "created_at"),
)
