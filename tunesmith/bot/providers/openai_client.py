"""The trainer for every provider that speaks OpenAI's protocol, over the official `openai` SDK."""

import logging
import math
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, cast

from openai import APIStatusError, NotFoundError, omit

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import say
from tunesmith.bot.providers import openai_uploads
from tunesmith.bot.providers.asking import Prompt, Reply
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.openai_calls import UNREADABLE, Calling, raw, rows, sdk_client
from tunesmith.bot.providers.openai_chat import Chat
from tunesmith.bot.providers.remote import (
    JobPage,
    RemoteCheckpoint,
    RemoteEvent,
    RemoteJob,
    RemoteMetric,
    RemoteModel,
    RemoteNeeds,
    lenient,
    remote_job,
    remote_metric,
)
from tunesmith.bot.providers.result_csv import decoded
from tunesmith.bot.providers.trainer import Upload

_PAGE = 100
# What a provider without a list of jobs answers: not found, method not allowed, not implemented.
_NO_LIST = (404, 405, 501)
# Azure's words beside OpenAI's: pending, running, processed, error, deleting, deleted.
_READY_FILE = ("processed", "uploaded", "succeeded", None)
_REFUSED_FILE = ("error", "failed", "deleted", "deleting")
_FILES_PAGE = 1_000
_LATE_EVENTS = 20
# Between our clock and a provider's.
_CLOCKS_DIFFER_SECONDS = 3_600.0
# A row of a result file has about a hundred bytes.
_MOST_RESULT_BYTES = 64 << 20

_log = logging.getLogger(__name__)


class OpenAIClient:
    """Talks to one provider; a `Trainer`, which tells what each method is for."""

    def __init__(self, name: str, provider: Provider, *, base_url: str, api_key: str) -> None:
        self.name = name
        self.provider = provider
        self._openai = sdk_client(base_url, api_key)
        # The SDK imports a resource where it is first named; within a call, that would hold up
        # the event loop for a twentieth of a second.
        self._files = self._openai.files
        self._jobs = self._openai.fine_tuning.jobs
        self._checkpoints = self._jobs.checkpoints
        self._models = self._openai.models
        self._chat = Chat(self._openai, name, provider.title)

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def upload(self, path: Path, filename: str, upload: Upload) -> str:
        """Upload a training file, in parts where it is larger than one call takes."""
        most, expires = self.provider.single_upload_bytes, self.provider.file_expires_seconds
        if most is None or upload.total <= most:
            with self._calling("upload_file"):
                created = await openai_uploads.whole(self._openai, path, filename, upload, expires)
            return created.id
        with self._calling("upload_parts"):
            made = await openai_uploads.in_parts(self._openai, path, filename, upload, expires)
        found = made.id if made else await self.find_file(filename)
        if found is None:
            raise ProviderBusyError(say("provider.unreadable_answer", provider=self.provider.title))
        return found

    async def find_file(self, filename: str) -> str | None:
        """The id of an uploaded training file of that name, or None."""
        with self._calling("list_files"):
            async for file in rows(self._files.list(purpose="fine-tune", limit=_FILES_PAGE)):
                if getattr(file, "filename", None) == filename:
                    return file.id
        return None

    async def file_ready(self, file_id: str) -> bool:
        """Whether an uploaded file can be trained on by now."""
        with self._calling("get_file"):
            file = raw(await self._files.retrieve(file_id))
        if file.get("status") in _REFUSED_FILE:
            details = file.get("status_details")
            said = details if isinstance(details, str) else file["status"]
            about = say("provider.refused", provider=self.provider.title, said=said)
            raise ProviderError(about, "invalid_training_file")
        return file.get("status") in _READY_FILE

    async def delete_file(self, file_id: str) -> None:
        """Delete an uploaded file; one that is gone already is fine."""
        with self._calling("delete_file"):
            try:
                await self._files.delete(file_id)
            except NotFoundError:
                return

    async def create_job(
        self,
        *,
        base_model: str,
        training_file: str,
        validation_file: str | None,
        method: str,
        hyperparameters: Mapping[str, Any],
        suffix: str | None,
        metadata: dict[str, str],
        seed: int | None = None,
        integrations: Sequence[Mapping[str, Any]] | None = None,
        continued_from: str | None = None,
        grader: Mapping[str, Any] | None = None,
    ) -> RemoteJob:
        """Create a fine-tuning job; what the provider does not take is not sent."""
        takes = self.provider
        how: dict[str, Any] = {
            "hyperparameters": {**takes.extra_hyperparameters, **hyperparameters}
        }
        if method == "reinforcement" and (grader or takes.grader):
            how["grader"] = grader or takes.grader
        request: dict[str, Any] = {
            "model": continued_from or base_model,
            "training_file": training_file,
            "method": {"type": method, method: how},
            "validation_file": validation_file,
            "suffix": suffix if takes.takes_suffix else None,
            "seed": seed if takes.takes_seed else None,
            "integrations": list(integrations or []) if takes.takes_integrations else None,
            "metadata": metadata if takes.keeps_metadata else None,
        }
        chosen = {name: value for name, value in request.items() if value not in (None, "", [])}
        with self._calling("create_job"):
            job = await self._jobs.create(**chosen, extra_body=takes.extra_body or None)
            return self._remote(job)

    async def find_job(self, training_file: str, since: float) -> RemoteJob | None:
        """The newest job that trains on this file and was created `since` then, or None.

        Each job has a file of its own, so this tells for sure whether it was created; metadata
        would not, because some providers do not keep it. Raises ProviderError where the provider
        has no list of jobs.
        """
        try:
            async for job in self._listed(since):
                if job.training_file == training_file:
                    return job
        except APIStatusError as error:
            raise ProviderError(
                say("provider.no_job_list", provider=self.provider.title)
            ) from error
        return None

    async def jobs_page(self, after: str | None) -> JobPage | None:
        """A page of all jobs, newest first: the first one, or that `after` another.

        None where the provider has no such list.
        """
        try:
            with self._calling("list_jobs", *_NO_LIST):
                return self._page(
                    await self._jobs.list(limit=_PAGE, after=omit if after is None else after)
                )
        except APIStatusError:
            return None

    def _page(self, page: Any) -> JobPage:
        if not isinstance(page.data, list | None):
            raise TypeError("the rows of a list are no list")
        listed = cast("list[Any]", page.data or [])
        found: list[RemoteJob] = []
        for row in listed:
            try:
                found.append(self._remote(row))
            except UNREADABLE:
                _log.warning("%s lists a job that can't be read", self.name)
        last = getattr(listed[-1], "id", None) if listed and page.has_next_page() else None
        return JobPage(found, last if isinstance(last, str) else None)

    async def _listed(self, since: float) -> AsyncIterator[RemoteJob]:
        """All jobs that can be read, newest first, to the end of those created `since` then."""
        newest = -math.inf
        with self._calling("list_jobs", *_NO_LIST):
            async for row in rows(self._jobs.list(limit=_PAGE)):
                try:
                    job = remote_job(raw(row), self.provider.status_map)
                except UNREADABLE:
                    _log.warning("%s lists a job that can't be read", self.name)
                    continue
                yield job
                created = job.created_at if job.created_at is not None else math.inf
                # Only where the list is in that order: of an older row behind a newer one.
                if created < min(newest, since - _CLOCKS_DIFFER_SECONDS):
                    return
                newest = max(newest, created)

    async def job(self, job_id: str) -> RemoteJob | None:
        """One job, or None where the provider does not know it."""
        with self._calling("get_job"):
            try:
                return self._remote(await self._jobs.retrieve(job_id))
            except NotFoundError:
                return None

    async def metrics(self, job_id: str, known: Collection[int]) -> list[RemoteMetric]:
        """The job's training steps but for the `known` ones, by step.

        Events come newest first, but for some that come late: those are looked for a while.
        """
        found: dict[int, RemoteMetric] = {}
        known_in_a_row = 0
        with self._calling("list_events"):
            async for event in rows(self._jobs.list_events(job_id, limit=_PAGE)):
                metric = remote_metric(event)
                if metric is None:
                    continue
                known_in_a_row = known_in_a_row + 1 if metric.step in known else 0
                if known_in_a_row == _LATE_EVENTS:
                    break
                if not known_in_a_row:
                    found.setdefault(metric.step, metric)
        return [found[step] for step in sorted(found)]

    async def events(self, job_id: str, most: int = 100) -> list[RemoteEvent]:
        """The newest events of a job, newest first; those that can't be read are left out."""
        found: list[RemoteEvent] = []
        with self._calling("list_events"):
            async for row in rows(self._jobs.list_events(job_id, limit=min(most, _PAGE))):
                event = lenient(raw(row), RemoteEvent)
                if event is not None:
                    found.append(event)
                if len(found) >= most:
                    break
        return found

    async def checkpoints(self, job_id: str) -> list[RemoteCheckpoint]:
        """The checkpoints that the provider keeps, by step; empty where it knows of none."""
        found: list[RemoteCheckpoint] = []
        with self._calling("list_checkpoints"):
            try:
                async for row in rows(self._checkpoints.list(job_id, limit=_PAGE)):
                    checkpoint = lenient(raw(row), RemoteCheckpoint)
                    if checkpoint is not None:
                        found.append(checkpoint)
            except NotFoundError:
                return []
        return sorted(found, key=lambda each: each.step_number)

    async def result_file(self, file_id: str) -> str:
        """A result file's table of CSV, decoded where it comes in base64.

        Raises ProviderError where it has more than 64 MB.
        """
        content = bytearray()
        with self._calling("read_file"):
            # Of itself the SDK takes application/binary alone, which OpenAI's description of its
            # API does not name: a server that looks at it refuses.
            read = self._files.with_streaming_response.content
            async with read(file_id, extra_headers={"Accept": "*/*"}) as response:
                async for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > _MOST_RESULT_BYTES:
                        break
        if len(content) > _MOST_RESULT_BYTES:
            raise ProviderError(say("provider.result_too_large", provider=self.provider.title))
        return decoded(bytes(content))

    async def cancel(self, job_id: str) -> RemoteJob:
        """Cancel a job."""
        with self._calling("cancel_job"):
            return self._remote(await self._jobs.cancel(job_id))

    async def pause(self, job_id: str) -> RemoteJob:
        """Pause a job that runs."""
        with self._calling("pause_job"):
            return self._remote(await self._jobs.pause(job_id))

    async def resume(self, job_id: str) -> RemoteJob:
        """Let a paused job go on."""
        with self._calling("resume_job"):
            return self._remote(await self._jobs.resume(job_id))

    async def models(self) -> dict[str, RemoteModel]:
        """The models that this account may use, by id."""
        found: dict[str, RemoteModel] = {}
        with self._calling("list_models"):
            async for row in rows(self._models.list()):
                model = lenient(raw(row), RemoteModel)
                if model is not None:
                    found[model.id] = model
        return found

    async def model(self, name: str) -> RemoteModel | None:
        """A model, or None where it is not there (any more)."""
        with self._calling("get_model"):
            try:
                return lenient(raw(await self._models.retrieve(name)), RemoteModel)
            except NotFoundError:
                return None

    async def delete_model(self, name: str) -> None:
        """Delete a tuned model; one that is gone already is fine."""
        with self._calling("delete_model"):
            try:
                await self._models.delete(name)
            except NotFoundError:
                return

    def ask(self, name: str, prompt: Prompt) -> AbstractAsyncContextManager[Reply]:
        """Ask a model; the block gets its answer as it comes."""
        return self._chat.ask(name, prompt)

    async def price(self, **_job: object) -> None:
        """OpenAI's protocol has no estimate of a price."""

    async def needs(
        self, *, base_model: str, method: str, hyperparameters: Mapping[str, Any], tokens: int
    ) -> RemoteNeeds | None:
        """What our own trainer measures (docs/local-trainer.md)."""
        if not self.provider.tells_needs:
            return None
        asked = {method: {"hyperparameters": dict(hyperparameters)}, "type": method}
        body = {"model": base_model, "method": asked, "tokens": tokens}
        with self._calling("needs"):
            said = await self._openai.post("/fine_tuning/estimates", cast_to=object, body=body)
        return lenient(said, RemoteNeeds)

    def _remote(self, job: Any) -> RemoteJob:
        return remote_job(raw(job), self.provider.status_map)

    def _calling(self, method: str, *passed: int) -> Calling:
        return Calling(self.name, method, self.provider.title, passed)
