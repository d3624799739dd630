"""What jobs and answers need of a provider, whatever protocol it speaks.

`openai_client.py` is the implementation for OpenAI's own protocol, `together_client.py` that for
Together's.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from tunesmith.bot.providers.asking import Prompt, Reply
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.providers.remote import (
    JobPage,
    RemoteCheckpoint,
    RemoteEvent,
    RemoteJob,
    RemoteMetric,
    RemoteModel,
    RemoteNeeds,
)

OVER_LIMIT = "over_limit"
"""The code of a refusal: the job costs more than the account may spend."""


@dataclass(slots=True)
class Upload:
    """How far a file is on its way: `sent` of `total` bytes.

    `id` and `parts` are the provider's ids of an upload in parts, and of those that it has.
    """

    total: int
    sent: int = 0
    id: str | None = None
    parts: list[str] = field(default_factory=list[str])


class Trainer(Protocol):
    """One provider: `provider` is its entry in the catalogue, `name` the name of that entry.

    Every method raises ProviderBusyError where the call may succeed later (no connection, time
    out, 429, 5xx, an answer that can't be read) and ProviderError where the provider refused.
    Nothing is retried in here: only the queue retries, after looking whether the first try took
    effect. What a provider has not at all (`can_pause`, `has_checkpoints`, ... of the catalogue)
    is not to be called.
    """

    @property
    def name(self) -> str:
        """The provider's name in the catalogue."""
        ...

    @property
    def provider(self) -> Provider:
        """Its entry in the catalogue: in what it differs from others."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...

    async def upload(self, path: Path, filename: str, upload: Upload) -> str:
        """Upload a training file, streamed from disk; returns the provider's id of it.

        How far it is stands in `upload`; with one of an earlier try it goes on from there.
        """
        ...

    async def find_file(self, filename: str) -> str | None:
        """The id of an uploaded training file of that name, or None."""
        ...

    async def file_ready(self, file_id: str) -> bool:
        """Whether an uploaded file can be trained on by now, where a provider `imports_files`.

        Raises ProviderError where it was found invalid.
        """
        ...

    async def delete_file(self, file_id: str) -> None:
        """Delete an uploaded file; one that is gone already is fine."""
        ...

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
        """Create a fine-tuning job.

        `hyperparameters` holds only what was chosen by somebody, by the names that
        `Provider.hyperparameters` gives them. `continued_from` is the tuned model or checkpoint
        that training goes on from. `grader` is that of reinforcement; the catalogue's without one.
        What the provider does not take (`takes_suffix`,
        `keeps_metadata`, `takes_seed`, `takes_integrations`) is not sent.
        """
        ...

    async def find_job(self, training_file: str, since: float) -> RemoteJob | None:
        """The newest job that trains on this file and was created `since` then, or None.

        Each job has a file of its own, so this tells for sure whether it was created; metadata
        would not, because some providers do not keep it. Raises ProviderError where the provider
        has no list of jobs.
        """
        ...

    async def jobs_page(self, after: str | None) -> JobPage | None:
        """A page of all jobs, newest first: the first one, or that `after` another.

        None where the provider has no such list.
        """
        ...

    async def job(self, job_id: str) -> RemoteJob | None:
        """One job, or None where the provider does not know it."""
        ...

    async def metrics(self, job_id: str, known: Collection[int]) -> list[RemoteMetric]:
        """The job's training steps but for the `known` ones, by step."""
        ...

    async def events(self, job_id: str, most: int = 100) -> list[RemoteEvent]:
        """The newest events of a job, newest first; at most that many."""
        ...

    async def checkpoints(self, job_id: str) -> list[RemoteCheckpoint]:
        """The checkpoints of a job that the provider keeps, by step."""
        ...

    async def result_file(self, file_id: str) -> str:
        """One of a job's `result_files`: a table of CSV (decoded, where it comes in base64)."""
        ...

    async def cancel(self, job_id: str) -> RemoteJob:
        """Cancel a job."""
        ...

    async def pause(self, job_id: str) -> RemoteJob:
        """Pause a job that runs."""
        ...

    async def resume(self, job_id: str) -> RemoteJob:
        """Let a paused job go on."""
        ...

    async def models(self) -> dict[str, RemoteModel]:
        """The models that this account may use, by id."""
        ...

    async def model(self, name: str) -> RemoteModel | None:
        """A base model, or a tuned one of this account; None where it is not there (any more)."""
        ...

    async def delete_model(self, name: str) -> None:
        """Delete a tuned model; one that is gone already is fine."""
        ...

    def ask(self, name: str, prompt: Prompt) -> AbstractAsyncContextManager[Reply]:
        """Ask a model; the block gets its answer as it comes.

        `name` is the one of `Provider.inference_name`. An answer that breaks off raises
        ProviderBusyError in the middle, also where the provider just stops sending.
        """
        ...

    async def price(
        self,
        *,
        base_model: str,
        training_file: str,
        validation_file: str | None,
        method: str,
        hyperparameters: Mapping[str, Any],
    ) -> Decimal | None:
        """The provider's own estimate of what this job costs, in USD; None where it gives none.

        Raises ProviderError with the code `OVER_LIMIT` where the account can't pay for the job.
        """
        ...

    async def needs(
        self, *, base_model: str, method: str, hyperparameters: Mapping[str, Any], tokens: int
    ) -> RemoteNeeds | None:
        """What a job needs of the machine that trains, on a file of so many tokens.

        None where the provider does not tell, as most do not (`tells_needs`).
        """
        ...
