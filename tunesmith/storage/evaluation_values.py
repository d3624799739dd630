"""What the evaluations tables hold, as values. Worker processes get them, and load no database."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class EvaluationStatus(StrEnum):
    """Where an evaluation stands: its rows are read, its price waits for somebody's consent, models
    are asked, it has ended.
    """

    PREPARING = "preparing"
    OFFERED = "offered"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class EvaluationKind(StrEnum):
    """Why a model is asked: somebody wants it measured, its answers are recorded to measure later
    models by, or it is measured by such a record.
    """

    EVALUATION = "evaluation"
    GOLDEN = "golden"
    REPLAY = "replay"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The rows of a dataset, put to the model of a job and to others beside it.

    `step` is that of the job's checkpoint, where that is measured instead of the job's own model.

    `contestants` are who is asked, as `bot/answers/evaluation` writes them; `facts` is what scoring
    knows of the file, `left_out` how many of its rows were not taken. `against` is the evaluation
    whose answers a replay is measured by; what is `automatic` was begun by no person. `usd` is what
    was spent, None where that is not known. `error` is why it ended early, as a stored message.
    """

    id: str
    team: str
    channel: str
    thread: str
    kind: EvaluationKind
    status: EvaluationStatus
    job_id: str
    dataset_id: str
    created_by: str
    step: int | None = None
    against: str | None = None
    automatic: bool = False
    contestants: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    rows: int = 0
    left_out: int = 0
    facts: dict[str, Any] | None = None
    estimated_usd: Decimal | None = None
    usd: Decimal | None = None
    summary: dict[str, Any] | None = None
    error: str | None = None
    cancelled_by: str | None = None
    created_at: float = 0
    started_at: float | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an evaluation: what is asked and the file's answer; `shots` is what the base model
    gets in front of it. `choice` is which answer a person held to be right.
    """

    evaluation_id: str
    number: int
    row: dict[str, Any]
    shots: dict[str, Any] | None = None
    choice: str | None = None
    chosen_by: str | None = None


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What a contestant answered to a row; `refused` is why it did not, as a stored message."""

    evaluation_id: str
    number: int
    contestant: str
    text: str
    finish_reason: str | None = None
    refused: str | None = None
    seconds: float | None = None
    first_seconds: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: Decimal | None = None
    score: dict[str, Any] | None = None
