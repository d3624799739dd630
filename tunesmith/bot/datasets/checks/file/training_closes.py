"""A provider that will soon train a base model no more, or shut it down."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import Target, WholeFile
from tunesmith.bot.messages import Message, say


def check(file: WholeFile, found: Collector) -> None:
    """The base model that was asked for, or all with the method, by their dates."""
    from tunesmith.bot.providers import lifetime  # noqa: PLC0415 - helpers need no catalogue

    target = file.target
    for notice in lifetime.notices(target.provider, file.today, target.entries):
        if notice.stage is lifetime.Stage.CLOSING:
            found.add("training_closes", dates=notice.message, advice=_advice(target))


def _advice(target: Target) -> Message:
    from tunesmith.bot.providers import lifetime  # noqa: PLC0415

    rule = lifetime.inference_rule(target.provider)
    if rule is None:
        return say("finding.advice.before_then")
    return say("finding.advice.before_then_rule", rule=rule)


RULE = FileRule(
    code="training_closes",
    severity=Severity.WARNING,
    check=check,
)
