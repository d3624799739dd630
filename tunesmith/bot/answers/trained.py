"""How a model was trained, as its data set's report tells it."""

from tunesmith.bot.answers.model import AskedModel
from tunesmith.bot.answers.prompt import Trained
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.profile import Profile
from tunesmith.bot.providers.catalogue import Provider
from tunesmith.bot.services import Services
from tunesmith.storage import datasets, jobs

_MOST_PROFILES = 256


async def trained(services: Services, model: AskedModel) -> Trained:
    """How a model was trained; for a job's base model, with the system prompt and tools of its
    data, so that both are asked the same.
    """
    about = await _profile_of_job(services, model.job_id) if model.job_id else None
    if about is None:
        return Trained()
    if model.kind == "base":
        return Trained(system=about.system_prompt, tools=about.tools, schema=about.schema)
    provider = services.catalogue.providers[model.provider]
    exact = model.encoding(services.catalogue) == about.encoding
    return Trained(
        system=about.system_prompt,
        style=about.style if provider.completions else None,
        tools=about.tools if _calls_tools(provider, model) else (),
        classes=about.classes,
        class_tokens=about.class_tokens if exact else None,
        longest_answer=about.longest_answer,
        schema=about.schema,
    )


def _calls_tools(provider: Provider, model: AskedModel) -> bool:
    entry = provider.model(model.base_model)
    return (
        provider.tools if entry is None else provider.for_model(entry).tools and entry.calls_tools
    )


async def profile_of(services: Services, dataset_id: str) -> Profile | None:
    """What of a data set matters when its model is asked; read once, then remembered a while."""
    known = services.profiles.get(dataset_id)
    if known is not None:
        return known
    async with services.database.read() as connection:
        dataset = await datasets.get(connection, dataset_id)
    if dataset is None:
        return None
    report = Report.model_validate(dataset.report)
    found = Profile.of(report, dataset.sha256, dataset.schema_sha256)
    _remember(services, dataset.id, found)
    return found


async def _profile_of_job(services: Services, job_id: str) -> Profile | None:
    """That of the data set that a job has trained on, which is always the same one."""
    if job_id in services.profiles:
        return services.profiles[job_id]
    async with services.database.read() as connection:
        job = await jobs.get(connection, job_id)
    found = await profile_of(services, job.dataset_id) if job else None
    if job is not None and found is not None and job.finished_at is not None:
        _remember(services, job_id, found)
    return found


def _remember(services: Services, id_: str, profile: Profile) -> None:
    services.profiles[id_] = profile
    if len(services.profiles) > _MOST_PROFILES:
        del services.profiles[next(iter(services.profiles))]
