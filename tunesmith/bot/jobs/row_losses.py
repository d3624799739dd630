"""The rows of a job's training file that cost its model most, where a provider tells them."""

import asyncio
import heapq
import logging
from collections.abc import Sequence

from tunesmith.bot.datasets.chosen_lines import Asked, asked_sync
from tunesmith.bot.errors import DatasetError
from tunesmith.bot.providers.remote import RemoteRow
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, row_losses
from tunesmith.storage.jobs import Job
from tunesmith.storage.row_losses import RowLoss

_log = logging.getLogger(__name__)

MOST_ROWS = 100


async def keep_row_losses(services: Services, job: Job, told: Sequence[RemoteRow]) -> None:
    """Keep the rows with most loss, and what they ask. Nothing where the training file is gone."""
    hardest = heapq.nlargest(MOST_ROWS, told, key=lambda row: (row.loss, -row.line))
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, job.dataset_id)
    if dataset is None or dataset.deleted_at is not None:
        return
    path, lines = services.settings.files / dataset.sha256, {row.line for row in hardest}
    try:
        asked = await asyncio.to_thread(asked_sync, path, name=dataset.name, uploaded=lines)
    except (DatasetError, OSError) as error:
        _log.warning("The rows of job %s with most loss can't be read: %s", job.id, error)
        return
    async with services.database.write(wake=False) as connection:
        kept = await datasets.get(connection, job.dataset_id, lock=True)
        if kept is not None and kept.deleted_at is None:
            await row_losses.add(connection, _kept(job, hardest, asked))


def _kept(job: Job, hardest: Sequence[RemoteRow], asked: dict[int, Asked]) -> list[RowLoss]:
    return [
        RowLoss(job.id, asked[row.line].line, row.loss, asked[row.line].question)
        for row in hardest
        if row.line in asked
    ]
