"""What is to be said of a correction before it is taken."""

from dataclasses import dataclass
from functools import partial, reduce

from tunesmith.bot.answers.corrections.file import findings
from tunesmith.bot.answers.corrections.rows import Corrected, as_text
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.report import Finding
from tunesmith.bot.ddl import Schema
from tunesmith.bot.messages import Message, say
from tunesmith.bot.services import Services
from tunesmith.bot.sql import Verdict, check_answer

_FINE = frozenset({Verdict.VALID, Verdict.NO_SQL})


@dataclass(frozen=True, slots=True)
class Objections:
    """`refused` is why it can't be taken, `said` what its author is to look at once more."""

    refused: Message | None = None
    said: Message | None = None


async def objections(
    services: Services, corrected: Corrected, kind: Format, schema: Schema | None
) -> Objections:
    """What the schema and the checks of training files have against a correction.

    `kind` is the format of the file that it goes into. A leaked key, and what the provider would
    refuse a file for, is refused.
    """
    check = partial(findings, corrected, kind, services.selection())
    found = await services.processes.run(check)
    if found is None:
        return Objections(refused=say("correction.no_example"))
    wrong = [one for one in found if one.severity is Severity.ERROR]
    if wrong:
        return Objections(refused=_told(wrong))
    doubts = [_of(one) for one in found if one.severity is Severity.WARNING]
    if schema is not None:
        answer = as_text(corrected.preferred)
        checked = await services.processes.run(partial(check_answer, answer, schema))
        if checked.verdict not in _FINE:
            doubts.insert(0, checked.told)
    return Objections(said=_joined(doubts) if doubts else None)


def _told(found: list[Finding]) -> Message:
    return _joined([_of(one) for one in found])


def _of(found: Finding) -> Message:
    return say("correction.finding", said=found.message, excerpt=found.excerpt)


def _joined(said: list[Message]) -> Message:
    return reduce(lambda told, one: say("sql.then", first=told, second=one), said)
