"""Send a file to a provider: told on the job's card, and gone on with after a break."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.jobs.kinds import OfJob
from tunesmith.bot.providers.trainer import Trainer, Upload
from tunesmith.bot.queue import Work
from tunesmith.bot.services import Services
from tunesmith.storage import jobs

_TOLD_SECONDS = 2.0

_log = logging.getLogger(__name__)


async def send(
    services: Services, client: Trainer, work: Work[OfJob], path: Path, filename: str
) -> str:
    """Upload a file; the provider's id of it.

    What an earlier try has sent in parts is not sent again, but where the provider no longer
    takes it.
    """
    async with services.database.read() as connection:
        job = await jobs.get(connection, work.payload.job_id)
    noted: dict[str, Any] = (job.upload if job else None) or {}
    total = (await asyncio.to_thread(path.stat)).st_size
    sending = _Sending(services, work, filename)
    if noted.get("filename") == filename and noted.get("id"):
        earlier = Upload(total, id=noted["id"], parts=list(noted["parts"]))
        try:
            return await sending.told(client.upload(path, filename, earlier), earlier)
        except ProviderBusyError:
            raise
        except ProviderError as refused:
            _log.info("The upload of %s begins anew: %s", filename, refused)
    upload = Upload(total)
    return await sending.told(client.upload(path, filename, upload), upload)


@dataclass(frozen=True, slots=True)
class _Sending:
    services: Services
    work: Work[OfJob]
    filename: str

    async def told(self, call: Awaitable[str], upload: Upload) -> str:
        """Wait for the call; meanwhile write down how far it is, and so tell it."""
        teller = asyncio.create_task(self._tell(upload))
        try:
            return await call
        finally:
            teller.cancel()
            await asyncio.gather(teller, return_exceptions=True)
            if upload.id is not None:
                await self._note(upload)

    async def _tell(self, upload: Upload) -> None:
        while True:
            await asyncio.sleep(_TOLD_SECONDS)
            await self._note(upload)

    async def _note(self, upload: Upload) -> None:
        job_id = self.work.payload.job_id
        async with self.work.step() as connection:
            noted = {"filename": self.filename, **asdict(upload)}
            await jobs.change(connection, job_id, upload=noted)
            job = await jobs.get(connection, job_id)
            assert job is not None
            await self.services.job_events.changed.publish(connection, job)
