"""The trainer for Together's own protocol (`/v1/fine-tunes`).

Its SDK needs an older `rich` than the command line does, so the two can't be installed together.
The wire is simple: the openai SDK's client sends it, with its time-outs and exceptions, and asks
models too. Paths and fields are those of `together` 3.1.1 (PyPI), whose client is happy with the
server that the tests run this against.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import aiohttp
from openai import APIStatusError, NotFoundError

from tunesmith.bot.errors import ProviderBusyError, ProviderError
from tunesmith.bot.messages import say
from tunesmith.bot.providers.asking import Prompt, Reply
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.openai_calls import UNREADABLE, Calling, sdk_client
from tunesmith.bot.providers.openai_chat import Chat
from tunesmith.bot.providers.remote import (
    JobPage,
    RemoteCheckpoint,
    RemoteEvent,
    RemoteJob,
    RemoteMetric,
    RemoteModel,
    lenient,
)
from tunesmith.bot.providers.together_remote import (
    checkpoint_of,
    event_of,
    job_of,
    metrics_of,
    price_of,
)
from tunesmith.bot.providers.trainer import Upload

_JOBS = "/fine-tunes"
_FAILED_FILE = ("FAILED", "INVALID_FORMAT")
_METHODS = {"supervised": "sft", "dpo": "dpo"}
_FOUND, _CONFLICT = 302, 409
# An hour for the 5 GB that one request may carry.
_UPLOADING = aiohttp.ClientTimeout(total=3_600, connect=5)
Row = dict[str, Any]


class TogetherClient:
    """Talks to Together; a `Trainer`, which tells what each method is for."""

    def __init__(self, name: str, provider: Provider, *, base_url: str, api_key: str) -> None:
        self.name = name
        self.provider = provider
        self._wire = sdk_client(base_url, api_key)
        self._chat = Chat(self._wire, name, provider.title)

    async def close(self) -> None:
        """Close the connections."""
        await self._wire.close()

    async def upload(self, path: Path, filename: str, upload: Upload) -> str:
        """Upload a training file, streamed from disk; returns its id.

        No checksum is told: with one, Together takes an earlier file of the same bytes for it, and
        then jobs could not be told from each other by their files.
        """
        with self._calling("upload_file"):
            place, file_id = await self._place(filename)
            if place is not None:
                await self._put(place, path)
                await self._wire.post(f"/files/{file_id}/preprocess", cast_to=object)
        upload.sent = upload.total
        return file_id

    async def _place(self, filename: str) -> tuple[str | None, str]:
        """Where to put a file's bytes (None where they are there), and the file's id."""
        told = {"purpose": "fine-tune", "file_name": filename, "file_type": "jsonl"}
        kind = {"Content-Type": "multipart/form-data"}
        try:
            await self._wire.post(
                "/files",
                cast_to=object,
                body=told,
                options={"headers": kind, "follow_redirects": False},
            )
        except APIStatusError as answer:
            if answer.status_code == _CONFLICT:
                return None, str(answer.response.json()["file_id"])
            if answer.status_code != _FOUND:
                raise
            headers = answer.response.headers
            return headers["Location"], headers["X-Together-File-Id"]
        raise ValueError("a place to upload to was not told")

    async def _put(self, place: str, path: Path) -> None:
        """The place is a signed address elsewhere: the key stays here."""
        no_answer = say("provider.no_answer", provider=self.provider.title)
        try:
            async with aiohttp.ClientSession(timeout=_UPLOADING) as session:
                with path.open("rb") as file:
                    async with session.put(place, data=file) as response:
                        await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ProviderBusyError(no_answer, "no_answer") from error
        if response.status != 200:
            raise ProviderBusyError(no_answer, "no_answer")

    async def find_file(self, filename: str) -> str | None:
        """The id of an uploaded training file of that name, or None."""
        with self._calling("list_files"):
            for row in _rows(await self._get("/files")):
                if row.get("filename") == filename:
                    return str(row["id"])
        return None

    async def file_ready(self, file_id: str) -> bool:
        """Whether an uploaded file can be trained on by now."""
        with self._calling("get_file"):
            row = _row(await self._get(f"/files/{file_id}"))
        state = row.get("processing_status")
        if state in _FAILED_FILE:
            report = cast("Row", row.get("validation_report") or {})
            said = str(report.get("error") or state)
            about = say("provider.refused", provider=self.provider.title, said=said)
            raise ProviderError(about, "invalid_training_file")
        return state in ("COMPLETED", None)

    async def delete_file(self, file_id: str) -> None:
        """Delete an uploaded file; one that is gone already is fine."""
        await self._delete("delete_file", f"/files/{file_id}")

    async def create_job(
        self,
        *,
        base_model: str,
        training_file: str,
        validation_file: str | None,
        method: str,
        hyperparameters: Mapping[str, Any],
        suffix: str | None,
        metadata: dict[str, str],  # noqa: ARG002 - it keeps none
        seed: int | None = None,
        integrations: Sequence[Mapping[str, Any]] | None = None,  # noqa: ARG002 - it takes none
        continued_from: str | None = None,
        grader: Mapping[str, Any] | None = None,  # noqa: ARG002 - it has no reinforcement
    ) -> RemoteJob:
        """Create a fine-tuning job; a checkpoint and a validation for each epoch."""
        epochs = hyperparameters.get("n_epochs", self.provider.epochs(0))
        asked = {
            **_about(base_model, training_file, validation_file, method, hyperparameters),
            "n_epochs": epochs,
            "n_checkpoints": epochs,
            "n_evals": epochs if validation_file else None,
            "batch_size": hyperparameters.get("batch_size", "max"),
            "learning_rate": hyperparameters.get("learning_rate"),
            "suffix": suffix,
            "random_seed": seed,
        }
        if continued_from:
            asked |= {"model": None, "from_checkpoint": continued_from}
        body = {name: value for name, value in asked.items() if value not in (None, "")}
        with self._calling("create_job"):
            return self._job(await self._wire.post(_JOBS, cast_to=object, body=body))

    async def price(
        self,
        *,
        base_model: str,
        training_file: str,
        validation_file: str | None,
        method: str,
        hyperparameters: Mapping[str, Any],
    ) -> Decimal | None:
        """Together's estimate; None while the file is not validated, or can't be estimated."""
        epochs = hyperparameters.get("n_epochs", self.provider.epochs(0))
        asked = _about(base_model, training_file, validation_file, method, hyperparameters)
        asked |= {"n_epochs": epochs, "n_evals": epochs if validation_file else 0}
        with self._calling("price"):
            path = f"{_JOBS}/estimate-price"
            said = _row(await self._wire.post(path, cast_to=object, body=asked))
        return price_of(said, self.provider.title)

    async def needs(self, **_job: object) -> None:
        """Its machines are its own business."""

    async def find_job(self, training_file: str, since: float) -> RemoteJob | None:  # noqa: ARG002 - the file is of one job
        """The newest job that trains on this file, or None."""
        found = [job async for job in self._listed() if job.training_file == training_file]
        return max(found, key=lambda job: job.created_at or 0, default=None)

    async def jobs_page(self, after: str | None) -> JobPage:  # noqa: ARG002 - the list has one page
        """All jobs."""
        return JobPage([job async for job in self._listed()], None)

    async def _listed(self) -> AsyncIterator[RemoteJob]:
        with self._calling("list_jobs"):
            rows = _rows(await self._get(_JOBS))
        for row in rows:
            try:
                yield job_of(row, self.provider.status_map)
            except UNREADABLE:
                continue

    async def job(self, job_id: str) -> RemoteJob | None:
        """One job, or None where Together does not know it."""
        with self._calling("get_job"):
            try:
                return self._job(await self._get(f"{_JOBS}/{job_id}"))
            except NotFoundError:
                return None

    async def metrics(self, job_id: str, known: Collection[int]) -> list[RemoteMetric]:
        """The job's training steps but for the `known` ones, by step."""
        with self._calling("list_metrics"):
            said = _row(await self._get(f"{_JOBS}/{job_id}/metrics"))
            found = metrics_of(cast("list[object]", said.get("metrics") or []))
        return [found[step] for step in sorted(found) if step not in known]

    async def events(self, job_id: str, most: int = 100) -> list[RemoteEvent]:
        """The newest events of a job, newest first."""
        with self._calling("list_events"):
            rows = _rows(await self._get(f"{_JOBS}/{job_id}/events"))
        told = [event for row in rows if (event := event_of(row)) is not None]
        return sorted(told, key=lambda event: event.created_at or 0, reverse=True)[:most]

    async def checkpoints(self, job_id: str) -> list[RemoteCheckpoint]:
        """The job's checkpoints, by step."""
        with self._calling("list_checkpoints"):
            rows = _rows(await self._get(f"{_JOBS}/{job_id}/checkpoints"))
        told = [each for row in rows if (each := checkpoint_of(job_id, row)) is not None]
        return sorted({each.step_number: each for each in told}.values(), key=_step)

    async def cancel(self, job_id: str) -> RemoteJob:
        """Cancel a job."""
        with self._calling("cancel_job"):
            return self._job(await self._wire.post(f"{_JOBS}/{job_id}/cancel", cast_to=object))

    async def pause(self, job_id: str) -> RemoteJob:
        """Together's jobs can't be paused."""
        raise self._unsupported(job_id)

    async def resume(self, job_id: str) -> RemoteJob:
        """Together's jobs can't be paused."""
        raise self._unsupported(job_id)

    async def result_file(self, file_id: str) -> str:
        """Together writes none: its metrics tell all."""
        raise self._unsupported(file_id)

    async def models(self) -> dict[str, RemoteModel]:
        """The models that this account may use, by id."""
        with self._calling("list_models"):
            rows = _rows(await self._get("/models"))
        told = [model for row in rows if (model := lenient(row, RemoteModel)) is not None]
        return {model.id: model for model in told}

    async def model(self, name: str) -> RemoteModel | None:
        """A base model that can be trained, or a tuned one; None where there is none (any more)."""
        with self._calling("get_model"):
            if await self._job_of(name):
                return RemoteModel(id=name)
            try:
                path = f"{_JOBS}/models/limits"
                await self._wire.get(path, cast_to=object, options={"params": {"model_name": name}})
            except NotFoundError:
                return None
        return RemoteModel(id=name)

    async def delete_model(self, name: str) -> None:
        """Delete a tuned model with the job that made it; one that is gone already is fine."""
        with self._calling("get_model"):
            job_id = await self._job_of(name)
        if job_id:
            await self._delete("delete_model", f"{_JOBS}/{job_id}")

    async def _job_of(self, model: str) -> str | None:
        """The id of the job that made a tuned model."""
        rows = _rows(await self._get(_JOBS))
        return next((str(row["id"]) for row in rows if row.get("model_output_name") == model), None)

    def ask(self, name: str, prompt: Prompt) -> AbstractAsyncContextManager[Reply]:
        """Ask a model, at Together's endpoint in OpenAI's shape."""
        return self._chat.ask(name, prompt)

    async def _get(self, path: str) -> object:
        return await self._wire.get(path, cast_to=object)

    async def _delete(self, call: str, path: str) -> None:
        with self._calling(call):
            try:
                await self._wire.delete(path, cast_to=object)
            except NotFoundError:
                return

    def _job(self, answer: object) -> RemoteJob:
        return job_of(_row(answer), self.provider.status_map)

    def _unsupported(self, what: str) -> ProviderError:
        about = {"provider": self.provider.title, "what": what}
        return ProviderError(say("provider.unsupported", **about))

    def _calling(self, call: str) -> Calling:
        return Calling(self.name, call, self.provider.title)


def _about(
    base_model: str,
    training_file: str,
    validation_file: str | None,
    method: str,
    hyperparameters: Mapping[str, Any],
) -> Row:
    """What a job and the estimate of its price have in common; LoRA, Together's default."""
    how: Row = {"method": _METHODS[method]}
    if method == "supervised":
        how["train_on_inputs"] = "auto"
    elif "beta" in hyperparameters:
        how["dpo_beta"] = hyperparameters["beta"]
    about: Row = {"model": base_model, "training_file": training_file, "training_method": how}
    return about | ({"validation_file": validation_file} if validation_file else {})


def _row(answer: object) -> Row:
    """An object. Raises TypeError where it is none."""
    if not isinstance(answer, dict):
        raise TypeError("the answer is no object")
    return cast("Row", answer)


def _rows(answer: object) -> list[Row]:
    """The rows of a list, in an object or alone. Raises TypeError where there are none."""
    rows = cast("Row", answer).get("data") if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        raise TypeError("the rows of a list are no list")
    return [row for row in cast("list[Any]", rows) if isinstance(row, dict)]


def _step(checkpoint: RemoteCheckpoint) -> int:
    return checkpoint.step_number
