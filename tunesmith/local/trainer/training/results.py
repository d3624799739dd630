"""The result file: a row per step, as OpenAI writes it."""

import csv
import io
from collections.abc import Sequence

from tunesmith.local.trainer.api.objects import JobEvent

_COLUMNS = {
    "step": "step",
    "train_loss": "train_loss",
    "train_mean_token_accuracy": "train_accuracy",
    "valid_loss": "valid_loss",
    "valid_mean_token_accuracy": "valid_mean_token_accuracy",
}
# DPO measures how often the preferred answer wins; that is not called a token accuracy here.
_DPO_COLUMNS = {
    "step": "step",
    "train_loss": "train_loss",
    "train_reward_accuracy": "train_reward_accuracy",
    "valid_loss": "valid_loss",
    "valid_reward_accuracy": "valid_reward_accuracy",
}


def as_csv(events: Sequence[JobEvent], method: str) -> bytes:
    """The metrics among a job's events as CSV; what was not measured stays empty."""
    columns = _DPO_COLUMNS if method == "dpo" else _COLUMNS
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.values())
    for event in events:
        if event.type == "metrics":
            writer.writerow([event.data.get(name) for name in columns])
    return text.getvalue().encode()
