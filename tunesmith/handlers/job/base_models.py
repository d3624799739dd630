"""The base models that can be chosen for a file, and what is to be said of their dates."""

from functools import reduce

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Cost
from tunesmith.bot.jobs import time_left
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.lifetime import Stage
from tunesmith.bot.services import Services
from tunesmith.storage.jobs import Job

_NEEDS_GRADER = "reinforcement"


def trainable(services: Services, report: Report) -> list[Cost]:
    """The base models that a connected provider can train today, cheapest first.

    None for reinforcement: it needs a grader, which nothing here asks for.
    """
    if report.method == _NEEDS_GRADER:
        return []
    day = clock.today()
    providers = services.catalogue.providers
    return [
        cost
        for cost in report.costs
        if cost.provider in services.providers
        and (entry := providers[cost.provider].model(cost.model))
        and lifetime.can_train(providers[cost.provider], entry, day)
    ]


def notices(services: Services) -> list[Message]:
    """What is to be said today of the dates of the connected providers' base models.

    Where one closes, with its rule on who can start jobs; where one has, with who still trains.
    """
    day = clock.today()
    found: list[Message] = []
    stages: set[Stage] = set()
    for name in services.providers:
        provider = services.catalogue.providers[name]
        said = lifetime.notices(provider, day)
        stages |= {notice.stage for notice in said}
        found += [notice.message for notice in said]
        rule = lifetime.inference_rule(provider)
        if rule and any(notice.stage is Stage.CLOSING for notice in said):
            found.append(rule)
    if stages & {Stage.CLOSED, Stage.OFF}:
        found.append(lifetime.elsewhere(services.catalogue, day))
    return found


def why_none(services: Services, report: Report) -> Message:
    """Why no base model can be chosen for a file."""
    if not services.providers:
        return say("job.form_no_provider")
    if report.method == _NEEDS_GRADER:
        return say("job.form_needs_grader")
    reasons = notices(services) or [
        lifetime.elsewhere(services.catalogue, clock.today(), report.method)
    ]
    return reduce(lifetime.both, [say("job.form_none_trains"), *reasons])


def answers_until(services: Services, job: Job) -> Message | None:
    """Until when a job's model answers, where its provider has named a day."""
    left = time_left(services, job)
    return left.message if left else None
