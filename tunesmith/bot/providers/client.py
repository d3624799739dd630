"""One client for every provider, over the official `openai` SDK."""

import logging
import math
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from openai import (
    APIConnectionError,
    APIError,
    APIStatusError,
    AsyncOpenAI,
    AsyncStream,
    NotFoundError,
    OpenAIError,
    Timeout,
)
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam
from pydantic import ValidationError

from tunesmith.bot import telemetry
from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.remote import RemoteJob, RemoteMetric, remote_job, remote_metric

# Answers may pause between pieces, uploads may be large; a connection that does not open is dead.
_TIMEOUT = Timeout(60, connect=5)
_PAGE = 100
_FILES_PAGE = 1_000
_LATE_EVENTS = 20
_MOST_PAGES = 500
# Between our clock and a provider's.
_CLOCKS_DIFFER_SECONDS = 3_600.0
# Statuses under 500 after which the same call may succeed (time out, conflict, rate limit).
_TEMPORARY = (408, 409, 429)
# What the SDK, or what reads its objects, stumbles over where the answer is not the protocol's:
# a page of HTML with status 200, JSON cut short, a list without data.
_UNREADABLE = (OpenAIError, ValidationError, ValueError, TypeError, AttributeError)

_log = logging.getLogger(__name__)


class Reply:
    """A model's answer while it comes: iterate over its pieces.

    `finish_reason` is there after the last one: the provider's word for why the answer ended
    (`stop`, `length`, `content_filter`, ...).
    """

    def __init__(self, chunks: AsyncIterator[ChatCompletionChunk]) -> None:
        self._chunks = chunks
        self.finish_reason: str | None = None

    async def __aiter__(self) -> AsyncIterator[str]:
        """The pieces, as they come."""
        async for chunk in self._chunks:
            for choice in (chunk.choices or [])[:1]:
                self.finish_reason = choice.finish_reason or self.finish_reason
                if choice.delta.content:
                    yield choice.delta.content


class ProviderClient:
    """Talks to one provider.

    Every method raises ProviderBusyError where the call may succeed later (no connection, time
    out, 429, 5xx, an answer that can't be read) and ProviderError where the provider refused.
    Nothing is retried in here: only the queue retries, after looking whether the first try took
    effect.
    """

    def __init__(self, name: str, provider: Provider, *, base_url: str, api_key: str) -> None:
        self.name = name
        self.provider = provider
        self._openai = AsyncOpenAI(
            api_key=api_key, base_url=base_url, max_retries=0, timeout=_TIMEOUT
        )
        # The SDK imports a resource where it is first named; within a call, that would hold up
        # the event loop for a twentieth of a second.
        self._files = self._openai.files
        self._jobs = self._openai.fine_tuning.jobs
        self._completions = self._openai.chat.completions

    async def close(self) -> None:
        """Close the connections."""
        await self._openai.close()

    async def upload(self, path: Path, filename: str) -> str:
        """Upload a training file, streamed from disk; returns the provider's id of it."""
        with path.open("rb") as file, self._calling("upload_file"):
            created = await self._files.create(file=(filename, file), purpose="fine-tune")
        return created.id

    async def find_file(self, filename: str) -> str | None:
        """The id of an uploaded training file of that name, or None."""
        with self._calling("list_files"):
            async for file in _rows(self._files.list(purpose="fine-tune", limit=_FILES_PAGE)):
                if getattr(file, "filename", None) == filename:
                    return file.id
        return None

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
    ) -> RemoteJob:
        """Create a fine-tuning job. `hyperparameters` holds only what was chosen by somebody."""
        request: dict[str, Any] = {
            "model": base_model,
            "training_file": training_file,
            "method": {"type": method, method: {"hyperparameters": dict(hyperparameters)}},
            "metadata": metadata,
        }
        if validation_file:
            request["validation_file"] = validation_file
        if suffix:
            request["suffix"] = suffix
        with self._calling("create_job"):
            job = await self._jobs.create(**request, extra_body=self.provider.extra_body or None)
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
        except NotFoundError as error:
            raise ProviderError(
                say("provider.no_job_list", provider=self.provider.title)
            ) from error
        return None

    async def jobs(self, ids: Collection[str], since: float) -> dict[str, RemoteJob]:
        """These jobs, created `since` then, by one bulk listing: its pages are read until all are
        found. Empty where the provider has no such list.
        """
        missing = set(ids)
        found: dict[str, RemoteJob] = {}
        try:
            async for job in self._listed(since):
                if job.id in missing:
                    found[job.id] = job
                    missing.remove(job.id)
                if not missing:
                    break
        except NotFoundError:
            _log.info("%s lists no jobs: each is looked at by itself", self.provider.title)
        return found

    async def _listed(self, since: float) -> AsyncIterator[RemoteJob]:
        """All jobs that can be read, newest first, to the end of those created `since` then."""
        newest = -math.inf
        with self._calling("list_jobs", NotFoundError):
            async for row in _rows(self._jobs.list(limit=_PAGE)):
                try:
                    job = remote_job(row, self.provider.status_map)
                except _UNREADABLE:
                    _log.warning("%s lists a job that can't be read", self.provider.title)
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
            async for event in _rows(self._jobs.list_events(job_id, limit=_PAGE)):
                metric = remote_metric(event)
                if metric is None:
                    continue
                known_in_a_row = known_in_a_row + 1 if metric.step in known else 0
                if known_in_a_row == _LATE_EVENTS:
                    break
                if not known_in_a_row:
                    found.setdefault(metric.step, metric)
        return [found[step] for step in sorted(found)]

    async def cancel(self, job_id: str) -> RemoteJob:
        """Cancel a job."""
        with self._calling("cancel_job"):
            return self._remote(await self._jobs.cancel(job_id))

    @asynccontextmanager
    async def chat(
        self, model: str, messages: list[dict[str, str]], *, most_tokens: int
    ) -> AsyncGenerator[Reply]:
        """Ask a model; the block gets its answer as it comes.

        One that breaks off raises ProviderBusyError in the middle, also where the provider just
        stops sending.
        """
        with self._calling("chat"):
            stream = await self._completions.create(
                model=model,
                messages=cast("list[ChatCompletionMessageParam]", messages),
                max_tokens=most_tokens,
                temperature=0,
                stream=True,
            )
        try:
            yield Reply(self._chunks(stream))
        finally:
            await stream.close()

    async def _chunks(
        self, stream: AsyncStream[ChatCompletionChunk]
    ) -> AsyncIterator[ChatCompletionChunk]:
        ended = False
        with self._calling("chat"):
            async for chunk in stream:
                ended = ended or any(one.finish_reason for one in chunk.choices or [])
                yield chunk
        if not ended:
            raise ProviderBusyError(
                say("provider.ended_early", provider=self.provider.title), "ended_early"
            )

    def _remote(self, job: Any) -> RemoteJob:
        return remote_job(job, self.provider.status_map)

    def _calling(self, method: str, *passed: type[Exception]) -> "_Calling":
        return _Calling(self.name, method, self.provider.title, passed)


async def _rows(first_page: Awaitable[Any]) -> AsyncIterator[Any]:
    """The rows of a list, page by page.

    Ends where a page brings nothing new: some providers pass over `after`, and send the first
    page for ever. Rows without an id are left out.
    """
    seen: set[str] = set()
    page = await first_page
    for _ in range(_MOST_PAGES):
        before = len(seen)
        if not isinstance(page.data, list | None):
            raise TypeError("the rows of a list are no list")
        for row in cast("list[Any]", page.data or []):
            name = getattr(row, "id", None)
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                yield row
        if len(seen) == before or not page.has_next_page():
            return
        page = await page.get_next_page()


class _Calling:
    """Counts a call, and turns the SDK's exceptions into ours, but for those that are to pass."""

    def __init__(
        self, name: str, method: str, title: str, passed: tuple[type[Exception], ...]
    ) -> None:
        self._name = name
        self._method = method
        self._title = title
        self._passed = passed

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: Any, error: BaseException | None, _traceback: Any) -> None:
        ours = self._translate(error) if isinstance(error, Exception) else None
        busy = isinstance(ours, ProviderBusyError)
        outcome = "ok" if ours is None else "outage" if busy else "refused"
        telemetry.called(self._name, self._method, outcome)
        if ours is not None:
            raise ours from error

    def _translate(self, error: Exception) -> ProviderError | None:
        """What we make of it; None where it is not the SDK's, or is to pass."""
        if isinstance(error, self._passed):
            return None
        if isinstance(error, APIConnectionError):
            return ProviderBusyError(self._say("provider.no_answer"), "no_answer")
        if isinstance(error, APIStatusError):
            return self._explain(error)
        if isinstance(error, APIError):  # in the middle of a streamed answer
            said = self._say("provider.broke_off", said=error.message)
            return ProviderBusyError(said, "broke_off")
        if isinstance(error, _UNREADABLE):
            # Whatever was asked for may have happened all the same: to be looked at again.
            _log.warning("%s sent an answer that can't be read", self._title, exc_info=error)
            return ProviderBusyError(self._say("provider.unreadable_answer"), "unreadable_answer")
        return None

    def _explain(self, error: APIStatusError) -> ProviderError:
        body = cast("dict[str, Any]", error.body) if isinstance(error.body, dict) else {}
        said = body.get("message")
        code = error.code if isinstance(error.code, str) else None
        if error.status_code in _TEMPORARY or error.status_code >= 500:
            wait = self._say("provider.asks_to_wait", status=error.status_code)
            return ProviderBusyError(wait, code, _retry_after(error))
        if isinstance(said, str) and said:
            return ProviderError(self._say("provider.refused", said=said), code)
        return ProviderError(self._say("provider.refused_silently", status=error.status_code), code)

    def _say(self, key: str, **values: str | int) -> Message:
        return say(key, provider=self._title, **values)


def _retry_after(error: APIStatusError) -> float | None:
    """The seconds that it asks for; None where it names none, or none that make sense."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return min(300.0, seconds) if seconds > 0 else None
