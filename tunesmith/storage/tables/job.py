"""Jobs and what they leave: metrics, checkpoints, losses of rows."""

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Table,
    Text,
)

from .base import COUNT, metadata, where

jobs = Table(
    "jobs",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("thread", String, nullable=False),
    Column("dataset_id", String, ForeignKey("datasets.id"), nullable=False),
    Column("validation_id", String, ForeignKey("datasets.id")),
    Column("provider", String, nullable=False),
    Column("base_model", String, nullable=False),
    Column("hyperparameters", JSON, nullable=False),
    Column("suffix", String),
    Column("fingerprint", String, nullable=False),
    Column("status", String, nullable=False),
    Column("provider_file_id", String),
    Column("provider_validation_id", String),
    Column("provider_job_id", String),
    Column("fine_tuned_model", String),
    Column("trained_tokens", COUNT),
    Column("estimated_usd", Numeric(12, 4, asdecimal=True)),
    Column("estimated_finish", Float),
    # Why it does not train yet, in the words of a provider that says so.
    Column("waiting_for", Text),
    Column("error", Text),
    Column("cancelled_by", String),
    Column("seen_at", Float),
    # When its creation was last asked for, and how often since `seen_at` nothing was told of it.
    Column("asked_at", Float),
    Column("misses", Integer, nullable=False, server_default="0"),
    Column("created_by", String, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("finished_at", Float),
    # What was chosen besides the hyperparameters.
    Column("method", String),
    Column("seed", COUNT),
    Column("integrations", JSON),
    Column("notify_channel", String),
    # The tuned model or checkpoint that it goes on from, and the job that it takes elsewhere.
    Column("continued_from", String),
    Column("moved_from", String),
    Column("approved_by", String),
    Column("paused_by", String),
    Column("billed_usd", Numeric(12, 4, asdecimal=True)),
    # By the provider's clock.
    Column("provider_started_at", Float),
    Column("provider_finished_at", Float),
    Column("result_files", JSON),
    # What a classification came to: `accuracy`, `weighted_f1`.
    Column("scores", JSON),
    # The name that the model is asked by, where it is not its own.
    Column("deployment", String),
    # When its model was deleted.
    Column("deleted_at", Float),
    # The day from which its model does not answer, where the provider names one.
    Column("shutdown_date", Date),
    # When the provider was last asked for it alone, and since when it is given up because the
    # provider did not know it; `reopened` is how often it was seen again after that.
    Column("looked_at", Float),
    Column("lost_at", Float),
    Column("reopened", Integer, nullable=False, server_default="0"),
    # What the provider says against a cancel, as a stored message.
    Column("cancel_refused", Text),
    # How far the upload of a file is (`bot/jobs/uploads.py`).
    Column("upload", JSON),
    # The file that both of its own were split from.
    Column("split_from", String, ForeignKey("datasets.id")),
    Column("grader", JSON),
    # How many the provider trains, once it tells.
    Column("epochs", Integer),
    Index("ix_jobs_channel", "team", "channel", "created_at"),
    Index("ix_jobs_provider", "provider", "provider_job_id"),
    Index(
        "uq_jobs_active_in_channel",
        "team",
        "channel",
        "fingerprint",
        unique=True,
        **where("finished_at IS NULL"),
    ),
)

metrics = Table(
    "metrics",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("step", COUNT, primary_key=True),
    Column("total_steps", COUNT),
    Column("train_loss", Float),
    Column("train_accuracy", Float),
    Column("valid_loss", Float),
    Column("valid_accuracy", Float),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("step", COUNT, primary_key=True),
    # The name that it is asked by.
    Column("model", String, nullable=False),
    Column("train_loss", Float),
    Column("train_accuracy", Float),
    Column("valid_loss", Float),
    Column("valid_accuracy", Float),
    Column("created_at", Float, nullable=False),
)

# Of the training file's rows those with most loss, and the beginning of what they ask.
row_losses = Table(
    "row_losses",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("line", COUNT, primary_key=True),
    Column("loss", Float, nullable=False),
    Column("question", Text, nullable=False),
)
