"""What somebody chose in the form that starts a job.

Each field is known by its `action_id`. Slack keeps what was typed only as long as its field is
shown: what stands in others is carried along, for when they are shown again.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel, Field

from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.jobs.limits import Choice
from tunesmith.bot.jobs.move import project_of
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.handlers.slack.payloads import FormView, carried
from tunesmith.storage.jobs import Job

MODEL, EPOCHS, VALIDATION, CONTINUE = "model", "epochs", "validation", "continue"
RATE, LEARNING_RATE, BATCH, BETA = "rate", "learning_rate", "batch_size", "beta"
SEED, SUFFIX, PROJECT, NOTIFY = "seed", "suffix", "project", "notify"
GRADER = "grader"

# The choices of VALIDATION beside the files.
NO_VALIDATION, SPLIT = "none", "split"

_MOST_DIGITS = 15

Filled: TypeAlias = Mapping[str, str]
"""What stands in each field that is not empty, by `action_id`."""


class StartForm(BaseModel):
    """What the form carries: the training file, and the channel that it belongs to.

    `shown` is the base model and the price that it shows (None: an earlier version showed it), and
    `kept` what was typed into fields that it does not show now; `gone` is FormData's.
    """

    dataset_id: str
    channel: str
    shown: str | None = None
    kept: dict[str, str] = Field(default_factory=dict)
    gone: str | None = None


def read(view: FormView) -> tuple[StartForm, Filled]:
    """What a form carries, and what was chosen in it. Raises UserError where it can't be read."""
    about = carried(StartForm, view.private_metadata)
    now = view.state.inputs
    filled = {name: value for name, value in (about.kept | now).items() if value}
    return about, filled


def of_job(job: Job, provider: Provider) -> dict[str, str]:
    """What was chosen for a job, but for the model that it goes on from."""
    chosen = job.hyperparameters
    found = {
        MODEL: f"{job.provider}/{job.base_model}",
        EPOCHS: chosen.get("n_epochs"),
        rate_field(provider): chosen.get(provider.learning_rate_parameter),
        BATCH: chosen.get("batch_size"),
        BETA: chosen.get("beta"),
        SEED: job.seed,
        SUFFIX: job.suffix,
        PROJECT: project_of(job),
        VALIDATION: job.validation_id,
        NOTIFY: job.notify_channel,
        GRADER: json.dumps(job.grader, ensure_ascii=False) if job.grader else None,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def rate_field(provider: Provider) -> str:
    """The field of the learning rate: a multiplier is not taken for a rate."""
    return LEARNING_RATE if provider.learning_rate_is_absolute else RATE


def validation_id(filled: Filled) -> str | None:
    """The file that was chosen for validation."""
    chosen = filled.get(VALIDATION)
    return None if chosen in (NO_VALIDATION, SPLIT) else chosen


def continue_block(offer: Offer) -> str:
    """The block of the tuned models: each base model has other ones."""
    return f"{CONTINUE}:{offer.name}/{offer.entry.name}"


def block_of(choice: Choice, offer: Offer) -> str:
    """The block in which something is chosen, which shows what is wrong with it."""
    if choice == "continue":
        return continue_block(offer)
    return rate_field(offer.provider) if choice == "rate" else choice


def hyperparameters(provider: Provider, filled: Filled, method: str) -> dict[str, Any]:
    """Those that were chosen, by the provider's names."""
    return provider.hyperparameters(
        whole(filled.get(EPOCHS)),
        _number(filled.get(rate_field(provider))),
        whole(filled.get(BATCH)),
        _number(filled.get(BETA)) if method == "dpo" else None,
    )


def whole(typed: str | None) -> int | None:
    """What was typed; -1, which is outside every range, where that is no whole number."""
    if typed is None:
        return None
    return int(typed) if typed.isdecimal() and len(typed) <= _MOST_DIGITS else -1


def _number(typed: str | None) -> float | None:
    """What was typed; not a number, which is outside every range, where that is none."""
    if typed is None:
        return None
    try:
        return float(typed)
    except ValueError:
        return math.nan
