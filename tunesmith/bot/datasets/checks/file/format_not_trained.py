"""A format that the provider does not train."""

from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import FileRule
from tunesmith.bot.datasets.whole_file import WholeFile
from tunesmith.bot.messages import Message, say


def check(file: WholeFile, found: Collector) -> None:
    """With what can be done about it."""
    provider = file.target.provider
    if file.statistics.formats and file.format not in provider.formats:
        found.add(
            "format_not_trained",
            provider=provider.title,
            format=file.format,
            advice=_advice_on(file.format),
        )


def _advice_on(kind: Format) -> Message:
    match kind:
        case Format.PAIRS:
            return say("finding.advice.pairs_to_chat")
        case Format.REINFORCEMENT:
            return say("finding.advice.add_answers")
        case Format.KTO:
            return say("finding.advice.kto")
        case Format.TEXT:
            return say("finding.advice.text")
        case _:
            return say("finding.advice.other_provider")


RULE = FileRule(
    code="format_not_trained",
    severity=Severity.ERROR,
    check=check,
    fixed_by_writing=True,
)
