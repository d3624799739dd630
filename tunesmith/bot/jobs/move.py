"""Move a tuned model to another provider: train the same file there, with the settings it had.

Nothing is carried over that has no exact translation: such a setting is left to the provider, and
the reason is said. `plan` is pure; whoever starts the job hands its values to `JobRequest`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.catalogue import Catalogue, Provider
from tunesmith.storage.jobs import Job

MULTIPLIER, RATE = "learning_rate_multiplier", "learning_rate"

# Vendors in front of a name, and dates or versions of a release behind it, are no family.
_BETWEEN = re.compile(r"[-_:\s]+")
_DATE = re.compile(r"\d{2}|\d{4}|\d{8}")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting before and after the move: `name` is a key of `move.setting_`.

    `before` and `after` are None where nothing is set; `why` is said where they differ.
    """

    name: str
    before: Message | str | None
    after: Message | str | None
    why: Message | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move does: all settings side by side, and those of the new job."""

    offer: Offer
    settings: tuple[Setting, ...]
    hyperparameters: dict[str, Any]
    suffix: str | None
    seed: int | None
    project: str | None
    grader: dict[str, Any] | None


def offers(
    catalogue: Catalogue, connected: Collection[str], job: Job, method: str, today: date
) -> list[Offer]:
    """Where a job's model can be moved to, the nearest base model first.

    That is what another connected provider trains with this method on that day, and can serve.
    """
    found = [
        Offer(name, catalogue.providers[name], entry)
        for name in connected
        if name != job.provider
        for entry in catalogue.providers[name].models
        if method in entry.methods
        and entry.deployable
        and (method != "reinforcement" or _graded(job, catalogue.providers[name]))
        and lifetime.can_train(catalogue.providers[name], entry, today)
    ]
    return sorted(found, key=lambda offer: -nearness(job.base_model, offer))


def nearness(base_model: str, offer: Offer) -> int:
    """How near a base model is: 0 for another family, the most for the same model."""
    if base_model in (offer.entry.name, *offer.entry.aliases):
        return 100
    family, other = _family(base_model), _family(offer.entry.name)
    same = 0
    for one, two in zip(family, other, strict=False):
        if one != two:
            break
        same += 1
    return same


def plan(catalogue: Catalogue, job: Job, method: str, offer: Offer, validation: str | None) -> Plan:
    """What moving a job to that base model does. `validation` is the validation file's name."""
    before, after = catalogue.providers[job.provider], offer.provider
    suffix, suffix_setting = _suffix(job, after)
    epochs, epochs_setting = _epochs(job, after)
    rate, rate_setting = _rate(job, before, offer)
    batch, beta = job.hyperparameters.get("batch_size"), job.hyperparameters.get("beta")
    seed = job.seed if after.takes_seed else None
    project = project_of(job) if after.takes_integrations else None
    named = say(f"form.method_{method}")
    settings = [
        Setting("provider", before.title, after.title),
        _base_model(job, offer),
        Setting("method", named, named),
        epochs_setting,
        rate_setting,
        _kept("batch_size", batch),
        _kept("beta", beta) if method == "dpo" else None,
        _taken("seed", job.seed, seed, after),
        suffix_setting,
        Setting("validation", validation, validation) if validation else None,
        _continued(job, before),
        _taken("project", project_of(job), project, after),
        _grader(job, after),
    ]
    return Plan(
        offer=offer,
        settings=tuple(setting for setting in settings if setting is not None),
        hyperparameters=after.hyperparameters(epochs, rate, batch, beta),
        suffix=suffix,
        seed=seed,
        project=project,
        grader=job.grader if after.takes_graders else None,
    )


def _family(name: str) -> list[str]:
    words = _BETWEEN.split(name.rpartition("/")[2].lower())
    return [word for word in words if word and not _DATE.fullmatch(word)]


def _base_model(job: Job, offer: Offer) -> Setting:
    near = nearness(job.base_model, offer)
    why = None
    if near < 100:
        why = say("move.why_same_family" if near else "move.why_other_family")
    return Setting("base_model", job.base_model, offer.entry.name, why)


def _epochs(job: Job, after: Provider) -> tuple[int | None, Setting]:
    chosen = job.hyperparameters.get("n_epochs")
    if not isinstance(chosen, int):
        return None, _kept("epochs", None)
    epochs = min(chosen, after.max_epochs)
    why = None
    if epochs != chosen:
        why = say("move.why_most_epochs", provider=after.title, most=after.max_epochs)
    return epochs, Setting("epochs", str(chosen), str(epochs), why)


def _rate(job: Job, before: Provider, offer: Offer) -> tuple[float | None, Setting]:
    """The learning rate at the new provider: None where there is no exact translation."""
    after = offer.provider
    kept = before.learning_rate_parameter
    chosen = job.hyperparameters.get(kept)
    name = "multiplier" if kept == MULTIPLIER else "rate"
    if chosen is None:
        return None, _kept(name, None)
    same_model = nearness(job.base_model, offer) == 100
    if kept == after.learning_rate_parameter and (kept == RATE or same_model):
        return chosen, _kept(name, chosen)
    key = "move.why_rate_own" if kept == MULTIPLIER else "move.why_rate_unknown"
    title = before.title if kept == MULTIPLIER else after.title
    return None, Setting(name, _number(chosen), say("job.auto"), say(key, provider=title))


def _suffix(job: Job, after: Provider) -> tuple[str | None, Setting | None]:
    if job.suffix is None:
        return None, None
    if not after.takes_suffix:
        why = say("move.why_not_taken", provider=after.title)
        return None, Setting("suffix", job.suffix, None, why)
    suffix = re.sub(f"[^{after.suffix_letters}]+", "-", job.suffix)[: after.max_suffix].strip("-")
    why = None
    if suffix != job.suffix:
        why = say("move.why_suffix", provider=after.title, most=after.max_suffix)
    return suffix or None, Setting("suffix", job.suffix, suffix or None, why)


def _continued(job: Job, before: Provider) -> Setting | None:
    if job.continued_from is None:
        return None
    why = say("move.why_continued", provider=before.title)
    return Setting("continued_from", job.continued_from, None, why)


def _graded(job: Job, after: Provider) -> bool:
    """Whether there is a grader for a job's model at that provider."""
    return after.grader is not None or (after.takes_graders and job.grader is not None)


def _grader(job: Job, after: Provider) -> Setting | None:
    if job.grader is None:
        return None
    name = str(job.grader.get("name"))
    if after.takes_graders:
        return Setting("grader", name, name)
    why = say("move.why_own_grader", provider=after.title)
    return Setting("grader", name, say("move.own_grader"), why)


def _taken(
    name: str, before: str | float | None, after: str | float | None, provider: Provider
) -> Setting | None:
    if before is None:
        return None
    why = say("move.why_not_taken", provider=provider.title) if after is None else None
    return Setting(name, str(before), None if after is None else str(after), why)


def _kept(name: str, value: float | None) -> Setting:
    """A setting that stays as it is; where nobody chose it, each provider chooses by itself."""
    if value is None:
        return Setting(name, say("job.auto"), say("job.auto"))
    return Setting(name, _number(value), _number(value))


def _number(value: float) -> str:
    return f"{value:g}"


def project_of(job: Job) -> str | None:
    """The Weights & Biases project that a job reports to."""
    for integration in job.integrations or []:
        project = integration.get("wandb", {}).get("project")
        if isinstance(project, str):
            return project
    return None
