"""Removing what nobody needs any more, at a server's start and every hour."""

import asyncio
import logging
import time
from functools import partial

from tunesmith.local.trainer.api.files import find_file
from tunesmith.local.trainer.api.idempotency import KEPT_SECONDS
from tunesmith.local.trainer.api.objects import UNFINISHED
from tunesmith.local.trainer.api.store import Store
from tunesmith.local.trainer.api.uploads import UPLOAD_LIFETIME_SECONDS
from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import JOB_FILE
from tunesmith.local.trainer.launchers.guard import EVENTS_FILE
from tunesmith.local.trainer.launchers.process import LOG_FILE

_logger = logging.getLogger(__name__)
_SECONDS = 3600.0
_KEPT_OF_JOBS = frozenset((JOB_FILE, EVENTS_FILE, LOG_FILE))


async def keep_sweeping(store: Store, folders: Folders) -> None:
    """Every hour, until cancelled."""
    while True:
        await asyncio.sleep(_SECONDS)
        try:
            await store.run(partial(sweep, store, folders))
        except Exception:
            _logger.exception("What nobody needs any more could not be removed")


def sweep_arriving(folders: Folders) -> None:
    """Bytes that were on their way in when the last server ended."""
    for path in folders.arriving.iterdir():
        path.unlink()


def sweep(store: Store, folders: Folders) -> None:
    """What has expired, and what is left of work that was broken off. Inside of `Store.run`."""
    for path in folders.files.iterdir():
        if find_file(store, path.name) is None:
            store.files.remove(path.name)
            path.unlink()
    for path in folders.parts.iterdir():
        part = store.parts.get(path.name)
        if part is None or part.created_at < time.time() - UPLOAD_LIFETIME_SECONDS:
            store.parts.remove(path.name)
            path.unlink()
    for answer in store.answers.all():
        if answer.created_at < time.time() - KEPT_SECONDS:
            store.answers.remove(answer.id)
    for job in store.jobs.all():
        if job.status not in UNFINISHED:
            _sweep_job(folders, job.id)


def _sweep_job(folders: Folders, job_id: str) -> None:
    """Of a job that has ended stay its models, which are folders, and what is told of it."""
    try:
        paths = list(folders.job(job_id).iterdir())
    except FileNotFoundError:
        return  # It ended before its files were validated.
    for path in paths:
        if path.is_file() and path.name not in _KEPT_OF_JOBS:
            path.unlink(missing_ok=True)
