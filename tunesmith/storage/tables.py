"""All tables. Times are seconds since 1970 UTC, money is a decimal in USD."""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# SQLite's integers are as wide as need be, and its keys must be of that very name.
_COUNT = BigInteger().with_variant(Integer, "sqlite")


def _where(condition: str) -> dict[str, Any]:
    """A partial index, as both databases know it."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


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
    Index("ix_tasks_due", "place", "not_before", "id", **_where("done_at IS NULL AND NOT waiting")),
    Index("ix_tasks_lane", "lane", "id", **_where("done_at IS NULL")),
    Index("ix_tasks_done", "done_at", **_where("done_at IS NOT NULL")),
    Index("ix_tasks_failed", "done_at", **_where("error IS NOT NULL")),
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
    Column("trained_tokens", _COUNT),
    Column("estimated_usd", Numeric(12, 4, asdecimal=True)),
    Column("estimated_finish", Float),
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
    Column("seed", _COUNT),
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
        **_where("finished_at IS NULL"),
    ),
)

metrics = Table(
    "metrics",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("step", _COUNT, primary_key=True),
    Column("total_steps", _COUNT),
    Column("train_loss", Float),
    Column("train_accuracy", Float),
    Column("valid_loss", Float),
    Column("valid_accuracy", Float),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("job_id", String, ForeignKey("jobs.id"), primary_key=True),
    Column("step", _COUNT, primary_key=True),
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
    Column("line", _COUNT, primary_key=True),
    Column("loss", Float, nullable=False),
    Column("question", Text, nullable=False),
)

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
    Column("input_tokens", _COUNT),
    Column("cached_tokens", _COUNT),
    Column("output_tokens", _COUNT),
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
    Column("step", _COUNT),
    Column("dataset_id", String, nullable=False),
    # The evaluation whose answers it is measured by.
    Column("against", String),
    # Whether nobody is asked for consent, because the price is within the team's setting.
    Column("automatic", Boolean, nullable=False, server_default=false()),
    Column("contestants", JSON, nullable=False),
    Column("rows", _COUNT, nullable=False, server_default="0"),
    # How many rows of the file were not taken.
    Column("left_out", _COUNT, nullable=False, server_default="0"),
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
    Column("number", _COUNT, primary_key=True),
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
    Column("number", _COUNT, primary_key=True),
    Column("contestant", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("finish_reason", String),
    # Why there is no answer, as a stored message.
    Column("refused", Text),
    Column("seconds", Float),
    Column("first_seconds", Float),
    Column("input_tokens", _COUNT),
    Column("output_tokens", _COUNT),
    Column("usd", Numeric(14, 8, asdecimal=True)),
    Column("score", JSON(none_as_null=True)),
)

# One question to several models: their answers stand in random order until people have voted.
comparisons = Table(
    "comparisons",
    metadata,
    Column("id", String, primary_key=True),
    Column("team", String, nullable=False),
    Column("channel", String, nullable=False),
    # Where it stands; none is the channel itself.
    Column("thread", String),
    Column("asked_by", String, nullable=False),
    Column("question", Text, nullable=False),
    # The job by whose data the answers are checked.
    Column("job_id", String),
    # What the answers cost if each has so many tokens.
    Column("estimated_usd", Numeric(14, 8, asdecimal=True)),
    Column("longest_answer", _COUNT),
    Column("created_at", Float, nullable=False),
    # When the models were asked, and when everybody was shown who answered what, and by whom.
    Column("begun_at", Float),
    Column("shown_at", Float),
    Column("shown_by", String),
    Index("ix_comparisons_channel", "team", "channel"),
)

comparison_places = Table(
    "comparison_places",
    metadata,
    Column("comparison_id", String, primary_key=True),
    # 0 for answer A, 1 for B, ...
    Column("place", _COUNT, primary_key=True),
    # Whose votes are counted together, `AskedModel.ref`, and what people read.
    Column("model", String, nullable=False, index=True),
    Column("model_ref", String, nullable=False),
    Column("shown", String, nullable=False),
    # Why there is no answer, as a stored message.
    Column("failed", Text),
)

comparison_votes = Table(
    "comparison_votes",
    metadata,
    Column("comparison_id", String, primary_key=True),
    Column("person", String, primary_key=True),
    # The best answer's place; none for a tie.
    Column("place", _COUNT),
    Column("created_at", Float, nullable=False),
    # When this person was shown the names: the vote counts, and stays.
    Column("seen_at", Float),
)

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

workspaces = Table(
    "workspaces",
    metadata,
    Column("team", String, primary_key=True),
    Column("heard_at", Float, nullable=False),
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

budgets = Table(
    "budgets",
    metadata,
    Column("team", String, primary_key=True),
)

file_stores = Table(
    "file_stores",
    metadata,
    Column("token", String, primary_key=True),
    Column("created_at", Float, nullable=False),
)
