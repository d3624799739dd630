"""For people at a terminal: the verdict, the findings by kind, then figures and prices."""

from collections import defaultdict
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunesmith.bot.cli.inspect.outputs.output import Checked, Output, one_line, printable
from tunesmith.bot.cli.inspect.outputs.summary import summary
from tunesmith.bot.cli.language import words
from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.report import Finding, Report
from tunesmith.bot.messages import Text, say

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from tunesmith.bot.datasets.costs import Cost

_MARKS = {
    Severity.ERROR: "[red]✗[/]",
    Severity.WARNING: "[yellow]![/]",
    Severity.NOTE: "[cyan]·[/]",
}
_WIDTH = 130
_WIDTH_OF_DATES = 115
_MOST_LINES = 8
_MOST_COSTS = 8


class GroupedOutput(Output):
    """A screen for each file."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        width = None if stream.isatty() else _WIDTH
        self._console = Console(file=stream, highlight=False, soft_wrap=True, width=width)

    def write(self, checked: Checked) -> None:
        """Verdict, findings, what they come to, figures, costs."""
        text, report = words().escaping(escape), checked.report
        target = " ".join(part for part in (report.provider, report.model, report.method) if part)
        verdict = "cli.inspect.valid" if report.valid else "cli.inspect.not_valid"
        lines = [
            text(verdict, name=report.name, target=target),
            *_conversion(report, text),
            *_kinds(checked, text),
            "",
            *summary([checked], text),
            "",
            *_figures(report, text),
        ]
        for line in lines:
            self._console.print(line)
        if report.costs:
            self._console.print(_costs(report, text, dates=self._console.width >= _WIDTH_OF_DATES))
        self._console.print()


def _conversion(report: Report, text: Text) -> list[str]:
    """Where the file was converted to be read: its first rows before and after."""
    if report.conversion is None:
        return []
    said = [text("cli.inspect.convertible")]
    for row in report.conversion.examples:
        for sign, line in (("-", row.before), ("+", row.after)):
            said.append(f"    {sign} {escape(printable(line))}")
    return said


def _kinds(checked: Checked, text: Text) -> list[str]:
    """Each kind of finding with its lines, and the first of them in words."""
    kinds: dict[str, list[Finding]] = defaultdict(list)
    for finding in checked.report.findings:
        kinds[finding.code].append(finding)
    said: list[str] = []
    for code, found in kinds.items():
        first, count = found[0], checked.report.counts[code]
        lines = list(dict.fromkeys(str(one.line) for one in found if one.line is not None))
        shown = "kind_more_lines" if count > _MOST_LINES else "kind_lines"
        heading = text(
            f"cli.inspect.{shown if lines else 'kind'}",
            code=code,
            count=count,
            lines=lines[:_MOST_LINES],
        )
        fixable = f"  [green]{text('cli.inspect.fixable')}[/]" if code in checked.fixable else ""
        excerpt = f"  [{printable(first.excerpt)}]" if first.excerpt else ""
        said += [
            f"{_MARKS[first.severity]} {heading}{fixable}",
            f"    {escape(one_line(first, text.unescaped) + excerpt)}",
            f"    [dim]→ {escape(printable(text.unescaped(first.hint)))}[/]",
        ]
    return said


def _figures(report: Report, text: Text) -> list[str]:
    tokens = report.tokens
    return [
        text(
            "cli.inspect.examples", count=report.examples, format=report.format, bytes=report.bytes
        ),
        text(
            "cli.inspect.tokens",
            count=tokens.total,
            encoding=tokens.encoding,
            answers=tokens.assistant,
        ),
        text("cli.inspect.spread", **tokens.per_example.model_dump()),
    ]


def _costs(report: Report, text: Text, *, dates: bool) -> Table:
    """What each base model costs; until when it is trained and answers, where there is room."""
    table = Table(box=None, padding=(0, 1))
    table.add_column(text("cli.inspect.column_model"), no_wrap=True)
    hosted = any(cost.hosting_usd_per_hour for cost in report.costs)
    columns = ["epochs", "billed", "training", "answers", *(["hosting"] if hosted else [])]
    columns += ["last_training", "shutdown"] if dates else []
    for column in columns:
        table.add_column(text(f"cli.inspect.column_{column}"), justify="right")
    for cost in report.costs[:_MOST_COSTS]:
        hosting = cost.hosting_usd_per_hour
        table.add_row(
            f"{cost.provider}/{cost.model}",
            "?" if cost.epochs is None else str(cost.epochs),
            _billed(cost, text),
            _price(cost.usd, text),
            _price(cost.answers_usd, text),
            *([_price(hosting, text) if hosting else ""] if hosted else []),
            *([_day(cost.last_training_date, text)] if dates else []),
            *([_day(cost.shutdown_date, text)] if dates else []),
        )
    return table


def _billed(cost: "Cost", text: Text) -> str:
    key = "cli.inspect.billed" if cost.epochs else "cli.inspect.billed_epoch"
    if not cost.free_tokens:
        return text(key, tokens=cost.billed_tokens)
    billed = say(key, tokens=cost.billed_tokens)
    return text("cli.inspect.free", billed=billed, free=cost.free_tokens)


def _day(day: "date | None", text: Text) -> str:
    return text("cli.inspect.day", day=day) if day else ""


def _price(usd: "Decimal | None", text: Text) -> str:
    return text("cli.inspect.unknown") if usd is None else text("cli.inspect.price", usd=usd)


OUTPUT = GroupedOutput
