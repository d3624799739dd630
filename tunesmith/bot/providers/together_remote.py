"""What Together sends of files, jobs and metrics, turned into what others send.

Source: the types of its SDK, `together` 3.1.1 (PyPI, 2026-11), and its guides to monitoring and
prices (docs.together.ai/docs/fine-tuning/monitoring, .../pricing).
"""

import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, cast

from tunesmith.bot.errors import ProviderError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.remote import (
    RemoteCheckpoint,
    RemoteEvent,
    RemoteJob,
    RemoteMetric,
    lenient,
    remote_job,
)
from tunesmith.bot.providers.trainer import OVER_LIMIT

# `total_price` is in thousand millionths of a dollar (`together/lib/utils/tools.py`).
_NANODOLLARS = 10**9
_LEVELS = {"warning": "warn", "legacy_iwarning": "warn", "legacy_ierror": "error"}
_ENDED = ("completed", "error", "user_error", "cancelled")


def job_of(row: Mapping[str, Any], status_map: dict[str, str]) -> RemoteJob:
    """A job. Raises ValidationError where it has no id or no status.

    `started_at` is when its current stage began, so it is no start of the training. What it cost
    is known once it has ended.
    """
    status, price = row.get("status"), row.get("total_price")
    ended = status in _ENDED
    model = row.get("model_output_name") or row.get("output_name")
    said = {
        "id": row.get("id"),
        "status": status,
        "created_at": row.get("created_at"),
        "training_file": row.get("training_file"),
        "fine_tuned_model": model if status == "completed" else None,
        "trained_tokens": row.get("token_count"),
        "epochs": row.get("n_epochs"),
        "finished_at": row.get("updated_at") if ended else None,
        "estimated_finish": None if ended else _finish(row.get("progress")),
        "error": _error(row.get("events")) if status in ("error", "user_error") else None,
        "billed_usd": price / _NANODOLLARS if ended and isinstance(price, int | float) else None,
    }
    return remote_job(said, status_map)


def metrics_of(rows: Iterable[object]) -> dict[int, RemoteMetric]:
    """Training steps by number: training and evaluation of one step are rows of their own."""
    steps: dict[int, dict[str, Any]] = {}
    for row in rows:
        if not isinstance(row, dict):
            continue
        said = cast("dict[str, Any]", row)
        step = said.get("train/global_step", said.get("eval/global_step"))
        if not isinstance(step, int | float) or isinstance(step, bool):
            continue
        values = steps.setdefault(int(step), {"step": step})
        for name, key in (("train_loss", "train/loss"), ("valid_loss", "eval/loss")):
            if key in said:
                values[name] = said[key]
    read = {step: lenient(values, RemoteMetric) for step, values in steps.items()}
    return {step: metric for step, metric in read.items() if metric is not None}


def event_of(row: Mapping[str, Any]) -> RemoteEvent | None:
    """An event; it has no id of its own."""
    level = row.get("level")
    name = "-".join(str(row.get(key)) for key in ("type", "created_at", "step"))
    known = _LEVELS.get(str(level), str(level or "info").removeprefix("legacy_"))
    return lenient({**row, "id": name, "level": known}, RemoteEvent)


def checkpoint_of(job_id: str, row: Mapping[str, Any]) -> RemoteCheckpoint | None:
    """A checkpoint; training goes on from it by the name `JOB:STEP`."""
    name = f"{job_id}:{row.get('step')}"
    said = {"id": name, "fine_tuned_model_checkpoint": name, "step_number": row.get("step")}
    return lenient({**said, "created_at": row.get("created_at")}, RemoteCheckpoint)


def _finish(progress: object) -> float | None:
    """When the job's current stage ends, in seconds since 1970."""
    if not isinstance(progress, dict):
        return None
    said = cast("dict[str, Any]", progress)
    seconds = said.get("seconds_remaining")
    known = said.get("estimate_available") is True and isinstance(seconds, int | float)
    return time.time() + seconds if known and seconds else None


def _error(events: object) -> dict[str, str] | None:
    """The last error among a job's events."""
    rows = cast("list[Any]", events) if isinstance(events, list) else []
    told = [event_of(cast("dict[str, Any]", row)) for row in rows if isinstance(row, dict)]
    errors = [each for each in told if each and "error" in (each.level, each.type)]
    errors += [each for each in told if each and each.type == "job_error"]
    return {"message": errors[-1].message or ""} if errors else None


def price_of(row: Mapping[str, object], title: str | Message) -> Decimal | None:
    """The price in USD out of an estimate; None where there is none.

    Raises ProviderError where it is more than the account's limit and balance allow
    (docs.together.ai/reference/post-fine-tunes-estimate-price, read 2026-11-22).
    """
    total, limit = row.get("estimated_total_price"), row.get("user_limit")
    if row.get("estimation_available") is False or not isinstance(total, int | float):
        return None
    usd = Decimal(str(total))
    if row.get("allowed_to_proceed") is not False:
        return usd
    if isinstance(limit, int | float):
        most = Decimal(str(limit))
        raise ProviderError(
            say("refusal.over_limit", provider=title, usd=usd, most=most), OVER_LIMIT
        )
    raise ProviderError(say("refusal.over_limit_unknown", provider=title, usd=usd), OVER_LIMIT)
