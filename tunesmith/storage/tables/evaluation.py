"""Evaluations, their rows and answers."""

from sqlalchemy import JSON, Boolean, Column, Float, Index, Numeric, String, Table, Text, false

from .base import COUNT, metadata

# Rows whose right answers are known, put to a model and to others beside it.
evaluations = Table(
    "evaluations",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("job_id", String, nullable=False),
    # That of the job's checkpoint, where not its own model is measured.
    Column("step", COUNT),
    Column("dataset_id", String, nullable=False),
    # The evaluation whose answers it is measured by.
    Column("against", String),
    # Whether nobody is asked for consent, because the price is within the team's setting.
    Column("automatic", Boolean, nullable=False, server_default=false()),
    Column("contestants", JSON, nullable=False),
    Column("rows", COUNT, nullable=False, server_default="0"),
    # How many rows of the file were not taken.
    Column("left_out", COUNT, nullable=False, server_default="0"),
    # What is known of the file that answers are scored by.
    Column("facts", JSON(none_as_null=True)),
    Column("estimated_usd", Numeric(12, 4, asdecimal=True)),
    Column("usd", Numeric(12, 4, asdecimal=True)),
    Column("summary", JSON(none_as_null=True)),
    # Why it ended early, as a stored message.
    Column("error", Text),
    Column("created_by", String, nullable=False),
    Column("cancelled_by", String),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    Index("ix_evaluations_job", "job_id", "created_at"),
    Index("ix_evaluations_dataset", "dataset_id"),
    Index("ix_evaluations_team", "team", "started_at"),
)

evaluation_rows = Table(
    "evaluation_rows",
    metadata,
    Column("evaluation_id", String, primary_key=True),
    Column("number", COUNT, primary_key=True),
    # What is asked, and the answer that the file gives.
    Column("row", JSON, nullable=False),
    # The better prompt and the examples that the base model gets.
    Column("shots", JSON(none_as_null=True)),
    # Which answer a person held to be right where two may be, and who.
    Column("choice", String),
    Column("chosen_by", String),
)

evaluation_answers = Table(
    "evaluation_answers",
    metadata,
    Column("evaluation_id", String, primary_key=True),
    Column("number", COUNT, primary_key=True),
    Column("contestant", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("finish_reason", String),
    # Why there is no answer, as a stored message.
    Column("refused", Text),
    Column("seconds", Float),
    Column("first_seconds", Float),
    Column("input_tokens", COUNT),
    Column("output_tokens", COUNT),
    Column("usd", Numeric(14, 8, asdecimal=True)),
    Column("score", JSON(none_as_null=True)),
)
