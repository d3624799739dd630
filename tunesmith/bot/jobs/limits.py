"""What a provider would refuse of a job, said before anything is uploaded."""

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Offer
from tunesmith.bot.errors import JobError
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers.catalogue import Provider

Choice: TypeAlias = Literal[
    "model",
    "continue",
    "epochs",
    "batch_size",
    "rate",
    "beta",
    "seed",
    "suffix",
    "validation",
    "project",
    "grader",
]
"""What somebody chooses of a job."""

# OpenAI's API reference, "Create fine-tuning job"; who speaks its protocol follows it.
MOST_BATCH = 256
MOST_BETA = 2
MOST_SEED = 2_147_483_647
# W&B's reference of `wandb.init`, "project".
MOST_PROJECT = 128
_NOT_IN_PROJECT = re.compile(r"[/\\#?%:\s]")


class RefusedError(JobError):
    """The provider would not take the job; `choices` says what of it, and why."""

    def __init__(self, choices: Mapping[Choice, Message]) -> None:
        super().__init__(next(iter(choices.values())))
        self.choices = choices


def refusals(
    offer: Offer,
    report: Report,
    validation: Report | None,
    *,
    hyperparameters: Mapping[str, Any],
    seed: int | None,
    suffix: str | None,
    project: str | None,
    continues: bool,
    aside: int | None = None,
    grader: Mapping[str, Any] | None = None,
) -> dict[Choice, Message]:
    """What the provider would refuse, by choice; empty where it takes all.

    `hyperparameters` go by the provider's names, `project` is W&B's; `continues` tells that
    training goes on from a tuned model; `aside` is how many examples of the file are set aside for
    validation at most, where it is split.
    """
    provider = offer.provider.for_model(offer.entry)
    found: dict[Choice, Message | None] = {
        "model": _model(offer, report, continues=continues),
        "continue": None
        if provider.continues or not continues
        else say("form.not_continued", provider=provider.title),
        "validation": _aside(provider, report, aside)
        if aside is not None
        else validation and _validation(provider, report, validation),
        "grader": _grader(provider, report, grader),
        "suffix": _suffix(provider, suffix),
        "seed": _between("form.bad_seed", seed, 0, MOST_SEED),
        "project": _project(provider, project),
        **_hyperparameters(provider, hyperparameters),
    }
    return {choice: said for choice, said in found.items() if said is not None}


def _model(offer: Offer, report: Report, *, continues: bool) -> Message | None:
    provider, entry = offer.provider, offer.entry
    about = {"provider": provider.title, "model": entry.name}
    if report.method not in (*entry.methods, *entry.methods_after_tuning):
        return say("form.no_method", method=say(f"form.method_{report.method}"), **about)
    if report.method not in entry.methods and not continues:
        return say("form.only_after_tuning", method=say(f"form.method_{report.method}"), **about)
    if not entry.deployable:
        return say("form.not_deployable", **about)
    takes = provider.for_model(entry)
    if report.tools and not takes.tools:
        return say("form.no_tools", **about)
    return _file(takes, report)


def _file(provider: Provider, report: Report) -> Message | None:
    title = provider.title
    if report.format not in provider.formats:
        return say("form.bad_format", provider=title, format=report.format)
    if report.examples < provider.min_examples:
        return say(
            "form.too_few", provider=title, needed=provider.min_examples, count=report.examples
        )
    if provider.max_examples is not None and report.examples > provider.max_examples:
        return say(
            "form.too_many", provider=title, most=provider.max_examples, count=report.examples
        )
    if provider.max_file_bytes is not None and report.bytes > provider.max_file_bytes:
        return say(
            "form.too_large", provider=title, most=provider.max_file_bytes, size=report.bytes
        )
    return None


def _validation(provider: Provider, report: Report, validation: Report) -> Message | None:
    title, rows = provider.title, validation.examples
    if validation.format != report.format:
        return say("form.other_format", training=report.format, validation=validation.format)
    most, share = provider.validation_max_rows, provider.validation_max_fraction
    if most is not None and rows > most:
        return say("form.validation_too_many", provider=title, most=most, count=rows)
    if share is not None and rows > report.examples * share:
        return say("form.validation_too_large", provider=title, most=share, count=rows)
    if provider.max_file_bytes is not None and validation.bytes > provider.max_file_bytes:
        return say(
            "form.too_large", provider=title, most=provider.max_file_bytes, size=validation.bytes
        )
    return None


def _aside(provider: Provider, report: Report, aside: int) -> Message | None:
    title, left = provider.title, report.examples - aside
    most, share = provider.validation_max_rows, provider.validation_max_fraction
    if left < provider.min_examples:
        return say("form.too_few_left", provider=title, needed=provider.min_examples, count=left)
    if most is not None and aside > most:
        return say("form.validation_too_many", provider=title, most=most, count=aside)
    if share is not None and aside > left * share:
        return say("form.validation_too_large", provider=title, most=share, count=aside)
    return None


def _grader(provider: Provider, report: Report, grader: Mapping[str, Any] | None) -> Message | None:
    if grader is not None and not provider.takes_graders:
        return say("form.no_graders", provider=provider.title)
    needed = report.method == "reinforcement" and grader is None and provider.grader is None
    return say("form.grader_needed", provider=provider.title) if needed else None


def _suffix(provider: Provider, suffix: str | None) -> Message | None:
    if suffix is None:
        return None
    if not provider.takes_suffix:
        return say("form.no_suffix", provider=provider.title)
    most = provider.max_suffix
    if len(suffix) > most or not re.fullmatch(f"[{provider.suffix_letters}]+", suffix):
        return say("form.bad_suffix", most=most, letters=letters(provider))
    return None


def letters(provider: Provider) -> str:
    """The signs that may stand in a suffix beside letters and digits."""
    return " ".join(re.sub(r"[A-Za-z0-9]-[A-Za-z0-9]|\\", "", provider.suffix_letters))


def _hyperparameters(provider: Provider, chosen: Mapping[str, Any]) -> dict[Choice, Message | None]:
    rate = chosen.get(provider.learning_rate_parameter)
    bad_rate = None
    if rate is not None and provider.learning_rate_is_absolute and not 0 < rate < 1:
        bad_rate = say("form.bad_learning_rate", provider=provider.title)
    elif rate is not None and not 0 < rate < float("inf"):
        bad_rate = say("form.bad_rate")
    beta = chosen.get("beta")
    return {
        "epochs": _between("form.bad_epochs", chosen.get("n_epochs"), 1, provider.max_epochs),
        "batch_size": _between("form.bad_batch_size", chosen.get("batch_size"), 1, MOST_BATCH),
        "rate": bad_rate,
        "beta": None
        if beta is None or 0 < beta <= MOST_BETA
        else say("form.bad_beta", most=MOST_BETA),
    }


def _between(key: str, number: int | None, least: int, most: int) -> Message | None:
    if number is None or least <= number <= most:
        return None
    return say(key, most=most)


def _project(provider: Provider, project: str | None) -> Message | None:
    if project is None:
        return None
    if not provider.takes_integrations:
        return say("form.no_integrations", provider=provider.title)
    if len(project) > MOST_PROJECT or _NOT_IN_PROJECT.search(project):
        return say("form.bad_project", most=MOST_PROJECT)
    return None
