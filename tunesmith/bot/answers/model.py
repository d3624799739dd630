"""Who answers: a tuned model, a checkpoint, or a base model, and how each is found."""

from dataclasses import dataclass
from typing import Literal

from tunesmith.bot import clock
from tunesmith.bot.datasets import tokens
from tunesmith.bot.errors import ProviderError
from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import Catalogue
from tunesmith.bot.services import Services
from tunesmith.storage import checkpoints, jobs
from tunesmith.storage.checkpoints import Checkpoint
from tunesmith.storage.jobs import Job

Kind = Literal["tuned", "checkpoint", "base"]


@dataclass(frozen=True, slots=True)
class AskedModel:
    """A model that is asked.

    `provider` is its name in the catalogue, `name` what the provider is asked by, `shown` what
    people read. `job_id` is the job on whose data it was trained, or whose base model it is; None
    for a base model that no job stands for. `base_model` is the one that it was trained on, or
    itself; `step` is that of a checkpoint.
    """

    provider: str
    name: str
    shown: str
    base_model: str
    kind: Kind
    job_id: str | None = None
    step: int | None = None

    @property
    def ref(self) -> str:
        """What names it in a button or a row: `from_ref` reads it."""
        job, step = self.job_id or "", "" if self.step is None else str(self.step)
        return " ".join((self.kind, self.provider, job, step, self.name))

    def encoding(self, catalogue: Catalogue) -> str | None:
        """What its tokens are counted in (`datasets.tokens`), or None where that is not known."""
        entry = catalogue.providers[self.provider].model(self.base_model)
        if entry is None or entry.own_tokens:
            return None
        return tokens.source(entry.encoding, entry.tokenizer_file)


def tuned_model(services: Services, job: Job) -> AskedModel:
    """The model that a job trained, or the checkpoint or deployment that stands for it."""
    provider = services.catalogue.providers[job.provider]
    name = provider.inference_name(job.fine_tuned_model, job.deployment)
    name = name or job.fine_tuned_model or ""
    shown = job.asked_as or ""
    return AskedModel(job.provider, name, shown, job.base_model, "tuned", job.id)


def checkpoint_model(job: Job, checkpoint: Checkpoint) -> AskedModel:
    """A checkpoint of a job."""
    return AskedModel(
        provider=job.provider,
        name=checkpoint.model,
        shown=checkpoint.model,
        base_model=job.base_model,
        kind="checkpoint",
        job_id=job.id,
        step=checkpoint.step,
    )


def base_model(provider: str, name: str, job: Job | None = None) -> AskedModel:
    """A base model of the catalogue; with a job, it is asked as that job's model would be."""
    return AskedModel(provider, name, name, name, "base", job.id if job else None)


async def from_ref(services: Services, ref: str) -> AskedModel | None:
    """The model of `AskedModel.ref`, as it stands today; None where there is none of it."""
    kind, provider, job_id, step, name = ref.split(" ", 4)
    async with services.database.read() as connection:
        job = await jobs.get(connection, job_id) if job_id else None
        steps = await checkpoints.of_job(connection, job_id) if kind == "checkpoint" else []
    if kind == "base":
        return base_model(provider, name, job)
    if job is None:
        return None
    if kind == "tuned":
        return tuned_model(services, job)
    found = next((each for each in steps if str(each.step) == step), None)
    return checkpoint_model(job, found) if found else None


def obstacle(services: Services, model: AskedModel, job: Job | None = None) -> Message | None:
    """Why a model can't be asked, and what to do; None where it can. `job` is that of its job_id.

    A provider that is not connected, a model that was deleted or shut down, or is not deployed.
    """
    if model.provider not in services.providers:
        return say("provider.no_access", provider=model.provider, name=model.provider.upper())
    if model.kind == "base" or job is None:
        return _base_obstacle(services, model)
    if job.deleted_at is not None:
        return say("answer.deleted", model=model.shown)
    left = time_left(services, job)
    if left is not None and left.is_over:
        return lifetime.both(left.message, lifetime.elsewhere(services.catalogue, clock.today()))
    if model.kind == "checkpoint" and job.deployment != model.name:
        return _not_deployed(services, job, model.name)
    return not_deployed(services, job)


def _base_obstacle(services: Services, model: AskedModel) -> Message | None:
    provider = services.catalogue.providers[model.provider]
    entry = provider.model(model.base_model)
    if entry is not None and not entry.answers_untuned:
        return say("answer.untrained", model=model.shown)
    left = lifetime.days_left(provider, model.base_model, clock.today(), None)
    return left.message if left is not None and left.is_over else None


async def check(services: Services, model: AskedModel, job: Job | None = None) -> None:
    """Raises ProviderError where there is an `obstacle` to asking a model; `job` is the one of its
    id where that has just been read.
    """
    if job is None and model.job_id is not None:
        async with services.database.read() as connection:
            job = await jobs.get(connection, model.job_id)
    said = obstacle(services, model, job)
    if said is not None:
        raise ProviderError(said, said.key)


def not_deployed(services: Services, job: Job) -> Message | None:
    """Why a job's tuned model can't be asked yet, and what to do; None where it can."""
    provider = services.catalogue.providers[job.provider]
    if provider.inference_name(job.fine_tuned_model, job.deployment) or not job.fine_tuned_model:
        return None
    return _not_deployed(services, job, job.fine_tuned_model)


def _not_deployed(services: Services, job: Job, name: str) -> Message | None:
    provider = services.catalogue.providers[job.provider]
    if not provider.deploy_required:
        return None
    return say("provider.not_deployed", provider=provider.title, model=name, id=job.id)
