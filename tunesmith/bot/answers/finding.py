"""Which model answers: in a thread, in a channel, or the one that somebody names."""

import re
from collections.abc import Collection, Iterable

from tunesmith.bot.answers.model import (
    AskedModel,
    base_model,
    checkpoint_model,
    from_ref,
    obstacle,
    tuned_model,
)
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.services import Services
from tunesmith.storage import checkpoints, jobs
from tunesmith.storage.here import Here
from tunesmith.storage.jobs import Job

_MOST = 50
_LISTED = 8
_BASE = "base"
_WORD = re.compile(r"\s*(\S+)")


def in_training(here: Here) -> Job | None:
    """The thread's newest job, where it has not ended and no model of the thread answers yet."""
    newest = here.newest
    is_on_its_way = newest is not None and newest.finished_at is None and here.of_thread is None
    return newest if is_on_its_way else None


async def answering(
    services: Services, here: Here, *, team: str, elsewhere: Collection[str] = ()
) -> AskedModel | None:
    """The model that answers where nobody names one; None where there is none.

    That is the newest of the thread, else the channel's default, else the newest of the channel,
    else the newest of the channels `elsewhere`. One that can't be asked any more is no reason to
    take another: `ask` says why.
    """
    job = here.of_thread
    if job is None and here.default_model is not None:
        found = await from_ref(services, here.default_model)
        if found is not None:
            return found
    job = job or here.of_channel
    if job is None and elsewhere:
        match, others = {"team": team}, list(elsewhere)
        async with services.database.read() as connection:
            newest = await jobs.recent(connection, match, 1, channels=others, answering=True)
        job = next(iter(newest), None)
    return tuned_model(services, job) if job else None


async def askable(
    services: Services, *, team: str, channels: Iterable[str], most: int = 20
) -> list[AskedModel]:
    """The models that can be asked in these channels: the newest `most` tuned ones, each followed
    by its checkpoints (the last one first), then the base models that they were trained on.

    Those that are not deployed, were deleted or shut down are not among them.
    """
    found: list[AskedModel] = []
    bases: dict[str, AskedModel] = {}
    for job, models in await _trained(services, team, list(channels), most):
        usable = [each for each in models if obstacle(services, each, job) is None]
        found += usable
        base = base_model(job.provider, job.base_model, job)
        if usable and obstacle(services, base) is None:
            bases.setdefault(f"{base.provider} {base.name}", base)
    return [*found, *bases.values()]


async def comparable(services: Services, *, team: str, channels: Iterable[str]) -> list[AskedModel]:
    """The models that can be compared in these channels: those that can be asked there, then the
    other base models of all connected providers.
    """
    found = await askable(services, team=team, channels=channels)
    bases = {(model.provider, model.name) for model in found if model.kind == "base"}
    others = [base for base, _ in _bases(services) if (base.provider, base.name) not in bases]
    return [*found, *(base for base in others if obstacle(services, base) is None)]


async def named_first(
    services: Services, said: str, *, team: str, channels: Iterable[str]
) -> tuple[list[AskedModel], str]:
    """The models that a text begins with, each named in full (`base` behind another one is what
    that was tuned on), and the rest of it. Raises JobError with the reason where one of them can't
    be asked.
    """
    known = await _known(services, team, channels)
    found: list[AskedModel] = []
    while word := _WORD.match(said):
        wanted = word[1].strip("`,").casefold()
        if wanted == _BASE and found:
            one, job = base_model(found[0].provider, found[0].base_model), None
        else:
            fitting = [(model, job) for model, job, names in known if wanted in names]
            if not fitting:
                break
            one, job = fitting[0]
        if (against := obstacle(services, one, job)) is not None:
            raise JobError(against)
        found.append(one)
        said = said[word.end() :]
    return found, said.strip()


async def named(
    services: Services,
    name: str,
    *,
    team: str,
    channels: Iterable[str],
    near: AskedModel | None = None,
) -> AskedModel:
    """The model that somebody names.

    That is one of these channels, by its name, its job's id or suffix, as `JOB:STEP` for a
    checkpoint, or by a part of its name that no other has; or a base model of a connected provider,
    by its name or as `base` for that of the model `near`. Raises JobError where there is none, or
    several, or where it can't be asked: then with the reason.
    """
    wanted = name.strip().casefold()
    known = await _known(services, team, channels, near)
    for fits in (_equals, _begins, _contains):
        found = [one for one in known if fits(one[2], wanted)]
        if found and (fits is _equals or len({one[0].name for one in found}) == 1):
            model, job, _ = found[0]
            if (said := obstacle(services, model, job)) is not None:
                raise JobError(said)
            return model
        if found:
            shown = _listed(one[0].shown for one in found)
            raise JobError(say("answer.several_models", name=name, models=shown))
    shown = _listed(model.shown for model, job, _ in known if job)
    raise JobError(
        say("answer.unknown_model", name=name, models=shown)
        if shown
        else say("answer.no_model_named", name=name)
    )


def _listed(names: Iterable[str]) -> list[str | Message]:
    """Each name once, and how many more there are than fit into a sentence."""
    every = list(dict.fromkeys(names))
    more = len(every) - _LISTED
    listed: list[str | Message] = [*every[:_LISTED]]
    return [*listed, say("answer.more_models", count=more)] if more > 0 else listed


_Known = list[tuple[AskedModel, Job | None, set[str]]]


async def _known(
    services: Services, team: str, channels: Iterable[str], near: AskedModel | None = None
) -> _Known:
    """All that somebody may name, with the job of a tuned model and the names of each."""
    known: _Known = []
    for job, models in await _trained(services, team, list(channels), _MOST):
        known += [(model, job, _names(model, job)) for model in models]
        base = base_model(job.provider, job.base_model, job)
        if near is not None and near.job_id == job.id:
            known.append((base, None, {_BASE}))
    return known + [(base, None, names) for base, names in _bases(services)]


async def _trained(
    services: Services, team: str, channels: list[str], most: int
) -> list[tuple[Job, list[AskedModel]]]:
    """The newest jobs that have models, each with them: the last ones first, none twice."""
    found: list[tuple[Job, list[AskedModel]]] = []
    async with services.database.read() as connection:
        for job in await jobs.recent(connection, {"team": team}, most, channels=channels):
            steps = await checkpoints.of_job(connection, job.id)
            kept = services.catalogue.providers[job.provider].keeps_checkpoints
            models = [checkpoint_model(job, each) for each in reversed(steps)][:kept]
            if job.fine_tuned_model is not None:
                whole = tuned_model(services, job)
                # The last checkpoint may be the model itself.
                models = [whole, *(each for each in models if each.name != whole.name)]
            if models:
                found.append((job, models))
    return found


def _names(model: AskedModel, job: Job) -> set[str]:
    if model.kind == "checkpoint":
        return {model.name.casefold(), f"{job.id}:{model.step}".casefold()}
    names = (model.name, model.shown, job.id, job.suffix, job.fine_tuned_model)
    return {each.casefold() for each in names if each}


def _bases(services: Services) -> Iterable[tuple[AskedModel, set[str]]]:
    for name in services.providers:
        for entry in services.catalogue.providers[name].models:
            words = {entry.name, *entry.aliases}
            full = {f"{name}/{word}" for word in words}
            yield base_model(name, entry.name), {word.casefold() for word in words | full}


def _equals(names: set[str], wanted: str) -> bool:
    return wanted in names


def _begins(names: set[str], wanted: str) -> bool:
    return any(name.startswith(wanted) for name in names)


def _contains(names: set[str], wanted: str) -> bool:
    return any(wanted in name for name in names)
