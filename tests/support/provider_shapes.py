"""In what providers differ from OpenAI, by their references."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shape:
    """In what a provider differs from OpenAI, from its reference.

    `needs` are the fields that a create must have, `refuses` those it must not (both as paths with
    dots), `methods` those it trains with. A job begins in `first_status`, and `nulls` are the
    fields of it that are null. An uploaded file is `imported` at once or later; where it
    `deploys`, a tuned model answers only by the name of its deployment.
    """

    needs: tuple[str, ...] = ()
    refuses: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("supervised", "dpo")
    first_status: str = "queued"
    nulls: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    imported: bool = True
    lists_jobs: bool = True
    deploys: bool = False
    suffix: str = "[A-Za-z0-9._-]{0,64}"


SHAPES = {
    "openai": Shape(),
    "azure": Shape(
        needs=("trainingType",),
        first_status="pending",
        nulls=("organization_id", "result_files", "error", "integrations"),
        values={"hyperparameters": {"n_epochs": -1, "batch_size": -1}},
        imported=False,
        deploys=True,
        suffix="[A-Za-z0-9_-]{0,64}",
    ),
    "nebius": Shape(
        refuses=("metadata", "method.supervised.hyperparameters.learning_rate_multiplier"),
        methods=("supervised",),
        first_status="validating_files",
        values={"trained_steps": 0, "total_steps": 12, "organization_id": ""},
        deploys=True,
    ),
    "crusoe": Shape(
        methods=("supervised",), first_status="pending", lists_jobs=False, deploys=True
    ),
    "bedrock": Shape(
        needs=("method.reinforcement.grader",),
        refuses=("suffix", "seed"),
        methods=("reinforcement",),
        first_status="validating_files",
        nulls=("finished_at", "result_files"),
    ),
}
