"""The base models that can be chosen for a file, and what is to be said of their dates."""

from functools import reduce

from tunesmith.bot import clock
from tunesmith.bot.datasets import Report
from tunesmith.bot.datasets.costs import Cost, Offer
from tunesmith.bot.messages import Message, say
from tunesmith.bot.providers import lifetime
from tunesmith.bot.providers.lifetime import Stage
from tunesmith.bot.services import Services

_NEEDS_GRADER = "reinforcement"


def offers(services: Services, report: Report) -> list[Offer]:
    """The base models that a connected provider can train on a file today, and that can be asked.

    For reinforcement only those of providers that have a grader or take one.
    """
    day, found = clock.today(), list[Offer]()
    for name in services.providers:
        provider = services.catalogue.providers[name]
        has_grader = provider.takes_graders or provider.grader is not None
        if report.method == _NEEDS_GRADER and not has_grader:
            continue
        found += [
            Offer(name, provider, entry)
            for entry in provider.models
            if report.method in (*entry.methods, *entry.methods_after_tuning)
            and entry.deployable
            and lifetime.can_train(provider, entry, day)
        ]
    return found


def trainable(services: Services, report: Report) -> list[Cost]:
    """What they cost that the file was priced for, cheapest first."""
    offered = {(offer.name, offer.entry.name) for offer in offers(services, report)}
    return [cost for cost in report.costs if (cost.provider, cost.model) in offered]


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


def notices_of(offer: Offer) -> list[Message]:
    """What is to be said today of the dates of one base model."""
    said = lifetime.notices(offer.provider, clock.today(), [offer.entry])
    found = [notice.message for notice in said]
    rule = lifetime.inference_rule(offer.provider)
    if rule and any(notice.stage is Stage.CLOSING for notice in said):
        found.append(rule)
    return found


def why_none(services: Services, report: Report) -> Message:
    """Why no base model can be chosen for a file."""
    if not services.providers:
        return say("form.no_provider")
    if report.method == _NEEDS_GRADER:
        return say("form.needs_grader")
    reasons = notices(services) or [
        lifetime.elsewhere(services.catalogue, clock.today(), report.method)
    ]
    return reduce(lifetime.both, [say("form.none_trains"), *reasons])
