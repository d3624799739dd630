"""Comparisons, their places and votes."""

from sqlalchemy import Column, Float, Index, Numeric, String, Table, Text

from .base import COUNT, metadata

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
    Column("longest_answer", COUNT),
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
    Column("place", COUNT, primary_key=True),
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
    Column("place", COUNT),
    Column("created_at", Float, nullable=False),
    # When this person was shown the names: the vote counts, and stays.
    Column("seen_at", Float),
)
