"""Fine-tuning jobs: start, launch, watch, cancel, metrics, budget.

Task kinds of this package: `launch` (one per job), `watch` (one per provider, repeated until no
job is running there), `look` (at one job, now), `cancel`, `steer` (pauses and resumes),
`delete_model` and `models` (one per provider, repeated for ever). What happened to a job is
published (`bot/job_events.py`); whoever shows jobs to people subscribes.
"""

from tunesmith.bot.jobs.approval import approve, decline
from tunesmith.bot.jobs.cancel import request_cancel
from tunesmith.bot.jobs.deletion import Loss, loss, request_delete_model
from tunesmith.bot.jobs.kinds import kinds
from tunesmith.bot.jobs.models import time_left, watch_models
from tunesmith.bot.jobs.pause import can_pause, can_resume, request_pause, request_resume
from tunesmith.bot.jobs.permissions import Person
from tunesmith.bot.jobs.start import JobRequest, start
from tunesmith.bot.jobs.steps import collect_metrics, newest_metrics
from tunesmith.bot.jobs.watch import look

__all__ = [
    "JobRequest",
    "Loss",
    "Person",
    "approve",
    "can_pause",
    "can_resume",
    "collect_metrics",
    "decline",
    "kinds",
    "look",
    "loss",
    "newest_metrics",
    "request_cancel",
    "request_delete_model",
    "request_pause",
    "request_resume",
    "start",
    "time_left",
    "watch_models",
]
