"""All tables. Times are seconds since 1970 UTC, money is a decimal in USD."""

from .answer import answers, conversations, feedback, questions
from .base import metadata
from .comparison import comparison_places, comparison_votes, comparisons
from .correction import correction_uses, corrections
from .dataset import datasets, schemas
from .evaluation import evaluation_answers, evaluation_rows, evaluations
from .job import checkpoints, jobs, metrics, row_losses
from .queue import lanes, pace, tasks
from .slack import channels, messages, postings, reactions, threads, workspaces
from .team import audit_log, budgets, file_stores, outages

__all__ = [
    "answers",
    "audit_log",
    "budgets",
    "channels",
    "checkpoints",
    "comparison_places",
    "comparison_votes",
    "comparisons",
    "conversations",
    "correction_uses",
    "corrections",
    "datasets",
    "evaluation_answers",
    "evaluation_rows",
    "evaluations",
    "feedback",
    "file_stores",
    "jobs",
    "lanes",
    "messages",
    "metadata",
    "metrics",
    "outages",
    "pace",
    "postings",
    "questions",
    "reactions",
    "row_losses",
    "schemas",
    "tasks",
    "threads",
    "workspaces",
]
