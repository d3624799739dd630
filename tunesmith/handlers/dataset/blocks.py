"""The report on a training file, on one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tunesmith.bot.datasets import Finding, Report
from tunesmith.bot.datasets.conversion.summary import Conversion
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.report import LEAKED
from tunesmith.bot.datasets.rules import FIXABLE
from tunesmith.bot.messages import Message, Text, say
from tunesmith.handlers.dataset.changes import MOST_CHANGES, before_and_after
from tunesmith.handlers.dataset.prices import Budget, basis, budget_left, cost_table
from tunesmith.handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    fields,
    plain,
    section,
)

START = "start_job"
CONVERT = "convert_file"
FIX = "fix_file"
SPLIT = "split_file"

# One screen: costs stand below the findings of a valid file.
_MOST_KINDS, _MOST_KINDS_VALID = 5, 3
_MOST_LINES = 8
_MOST_COSTS = 6
_UNKNOWN, _NOT_TRAINED = "unknown_format", "format_not_trained"
# What the converted file is without; the verdict says it.
_CONVERTED = frozenset({"not_json_lines", "not_utf8", "foreign_format", "file_name"})
# The value that says in it how the rows of a file are held.
_HELD = {"not_json_lines": "kind", "not_utf8": "encoding"}
# How lines are named: all of them, and where there are more.
_IN_FRONT = ("dataset.report_lines", "dataset.report_lines_more")
_IN_SENTENCE = ("dataset.at_lines", "dataset.at_lines_more")
_ICONS = {
    Severity.ERROR: ":x:",
    Severity.WARNING: ":warning:",
    Severity.NOTE: ":information_source:",
}


@dataclass(frozen=True, slots=True)
class Copy:
    """The same file, attached before: by whom, and the link to its message where Slack gives it."""

    user: str
    link: str | None


def report_blocks(
    text: Text,
    report: Report,
    dataset_id: str,
    *,
    titles: Mapping[str, str | Message],
    copy: Copy | None,
    budget: Budget | None,
    can_split: bool,
    notices: Sequence[Message],
) -> list[Block]:
    """Verdict, five figures, top findings with their lines, costs, and the way on.

    `titles` are the providers' by name; `copy` is the same file where it was attached before;
    `budget` is None where the team has none; `can_split` offers to set a part of the file aside;
    `notices` are what is to be said of the dates of the connected providers' base models.
    """
    blocks = [section(_verdict(text, report))]
    if converted := _convertible(report):
        blocks += _conversion(text, report, converted)
    if copy:
        key = "dataset.report_copy" if copy.link else "dataset.report_copy_unlinked"
        blocks.append(context(text(key, user=copy.user, link=copy.link)))
    blocks.append(fields(_figures(text, report)))
    findings = _findings(text, report, kinds) if (kinds := _ranked(report)) else ""
    if findings:
        blocks.append(section(findings))
    if unsaid := [words for notice in notices if (words := text(notice)) not in findings]:
        blocks.append(context(" ".join(unsaid)))
    costs = report.costs[:_MOST_COSTS]
    if costs and (report.only_secrets or not _errors(report)) and not _becomes_chat(report):
        blocks += [cost_table(text.plain, costs, titles), context(basis(text, costs, titles))]
        if budget:
            blocks.append(context(budget_left(text, budget)))
    if buttons := _buttons(text, report, dataset_id, can_split=can_split):
        blocks.append(actions(*buttons))
    return blocks


def report_text(text: Text, report: Report) -> str:
    """The report in one plain sentence, for notifications and screen readers."""
    if _leaked(report):
        count = report.counts[LEAKED]
        return text("dataset.report_plain_secret", name=report.name, count=count)
    if converted := _convertible(report):
        examples = say("dataset.examples", count=_converted(report, converted))
        return text("dataset.report_plain_convertible", name=report.name, examples=examples)
    if not report.valid:
        return text("dataset.report_plain_invalid", name=report.name, count=_errors(report))
    return text(
        "dataset.report_plain_valid",
        name=report.name,
        examples=say("dataset.examples", count=report.examples),
        tokens=say("dataset.tokens", count=report.tokens.total),
    )


def _buttons(text: Text, report: Report, dataset_id: str, *, can_split: bool) -> list[Block]:
    """The way on. Nothing is done automatically to a file whose format is unknown."""
    if _UNKNOWN in report.counts:
        return []
    if _convertible(report):
        return [button(text("dataset.report_convert"), CONVERT, dataset_id, style="primary")]
    buttons: list[Block] = []
    if report.valid:
        buttons.append(button(text("dataset.report_start"), START, dataset_id, style="primary"))
    if report.only_secrets:
        buttons.append(_start_with_secrets(text, dataset_id))
    if can_split:
        buttons.append(button(text("dataset.report_split"), SPLIT, dataset_id))
    if FIXABLE & report.counts.keys():
        buttons.append(button(text("dataset.report_fix"), FIX, dataset_id))
    return buttons


def _start_with_secrets(text: Text, dataset_id: str) -> Block:
    """A password that a text made up looks like a real one: people know, and are asked."""
    confirm = {
        "title": plain(text("dataset.secrets_title")),
        "text": plain(text("dataset.secrets_text")),
        "confirm": plain(text("dataset.secrets_yes")),
        "deny": plain(text("dataset.secrets_no")),
        "style": "danger",
    }
    return button(text("dataset.report_start_anyway"), START, dataset_id, confirm=confirm)


def _verdict(text: Text, report: Report) -> str:
    name = report.name
    if leaked := _leaked(report):
        count = report.counts[LEAKED]
        where = _lines(_IN_SENTENCE, _numbers(leaked), count)
        return text("dataset.report_secret", name=name, count=count, where=where)
    if converted := _convertible(report):
        return text(
            "dataset.report_convertible",
            name=name,
            what=_written_as(report, converted),
            examples=say("dataset.examples", count=_converted(report, converted)),
            format=Format.CHAT if _becomes_chat(report) else report.format,
        )
    if report.valid:
        return text("dataset.report_valid", name=name)
    return text("dataset.report_invalid", name=name, count=_errors(report))


def _convertible(report: Report) -> Conversion | None:
    """What the file is converted from; None where nothing is, or its format is unknown."""
    found = report.conversion
    if found is None or _UNKNOWN in report.counts or not (found.container or found.shapes):
        return None
    return found if _converted(report, found) else None


def _converted(report: Report, conversion: Conversion) -> int:
    """How many examples the converted file has in a format of ours."""
    return report.examples - sum(conversion.left.values())


def _becomes_chat(report: Report) -> bool:
    """Whether converting makes chat of pairs, because the provider trains on none."""
    return report.format is Format.PAIRS and _NOT_TRAINED in report.counts


def _taken_away(report: Report) -> frozenset[str]:
    """Codes of findings that the converted file is without."""
    if not _convertible(report):
        return frozenset()
    return _CONVERTED | {_NOT_TRAINED} if _becomes_chat(report) else _CONVERTED


def _written_as(report: Report, conversion: Conversion) -> Message:
    """What a file is, such as "Alpaca, as a JSON array": its shapes, and what holds its rows."""
    shapes = [say(f"finding.shape.{name}") for name in conversion.shapes]
    values = [
        finding.message.values[_HELD[finding.code]]
        for finding in report.findings
        if finding.code in _HELD
    ]
    holders = [value for value in values if isinstance(value, str | Message)]
    if shapes and holders:
        return say("dataset.shape_held", shapes=shapes, holders=holders)
    return say("dataset.listed", names=[*shapes, *holders])


def _conversion(text: Text, report: Report, converted: Conversion) -> list[Block]:
    """What the rest of the report holds for, and the first examples before and after."""
    pairs = _becomes_chat(report)
    said = text("dataset.report_holds_pairs" if pairs else "dataset.report_holds")
    if errors := _errors(report):
        said += " " + text("dataset.report_errors_left", count=errors)
    blocks = [context(said)]
    if shown := converted.examples[:MOST_CHANGES]:
        blocks.append(before_and_after(text, [(row, None) for row in shown]))
    return blocks


def _leaked(report: Report) -> list[Finding]:
    """The secrets that are an error; in reports of earlier versions they are warnings."""
    return [f for f in report.findings if f.code == LEAKED and f.severity is Severity.ERROR]


def _errors(report: Report) -> int:
    """How many errors are left to fix: those that converting the file takes away do not count."""
    wrong = {finding.code for finding in report.findings if finding.severity is Severity.ERROR}
    wrong -= _taken_away(report)
    return sum(report.counts[code] for code in wrong)


def _figures(text: Text, report: Report) -> list[str]:
    tokens = report.tokens
    known = say("dataset.format_unknown") if _UNKNOWN in report.counts else report.format
    return [
        text("dataset.report_format", value=known),
        text("dataset.report_examples", count=report.examples),
        text("dataset.report_tokens", total=tokens.total, assistant=tokens.assistant),
        text(
            "dataset.report_per_example",
            median=round(tokens.per_example.median),
            p95=round(tokens.per_example.p95),
        ),
        text("dataset.report_size", size=report.bytes),
    ]


def _ranked(report: Report) -> list[list[Finding]]:
    """The findings by kind: a secret first, then by severity, then by how many there are."""
    kinds: dict[str, list[Finding]] = {}
    taken_away = _taken_away(report)
    for finding in report.findings:
        if finding.code not in taken_away:
            kinds.setdefault(finding.code, []).append(finding)

    return sorted(kinds.values(), key=lambda kind: (kind[0].rank, -report.counts[kind[0].code]))


def _findings(text: Text, report: Report, kinds: list[list[Finding]]) -> str:
    most = _MOST_KINDS if _errors(report) else _MOST_KINDS_VALID
    lines = [text("dataset.report_findings")]
    lines += [_finding(text, found, report.counts[found[0].code]) for found in kinds[:most]]
    if len(kinds) > most:
        lines.append(text("dataset.report_findings_more", count=len(kinds) - most))
    return "\n".join(lines)


def _finding(text: Text, found: list[Finding], count: int) -> str:
    first = found[0]
    said = {"icon": _ICONS[first.severity], "message": first.message, "hint": first.hint}
    lines = _numbers(found)
    if not lines:
        return text("dataset.report_finding_whole", **said)
    where = _lines(_IN_FRONT, lines, count)
    return text("dataset.report_finding", where=where, **said)


def _numbers(found: list[Finding]) -> list[int]:
    """The lines of some findings, each once, in order."""
    return sorted({finding.line for finding in found if finding.line is not None})


def _lines(keys: tuple[str, str], lines: list[int], count: int) -> Message:
    """Where a defect stands: its first lines, and how many more of the `count` there are."""
    more = count - min(len(lines), _MOST_LINES)
    shown = [say("dataset.line_number", line=line) for line in lines[:_MOST_LINES]]
    if more > 0 and len(lines) > _MOST_LINES:
        return say(keys[1], lines=shown, more=more)
    return say(keys[0], lines=shown, count=len(lines))
