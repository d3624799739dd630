"""`tunesmith inspect`: what the bot says about a training file, at the command line."""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.messages import Text, say

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from rich.console import Console
    from rich.table import Table

    from tunesmith.bot.datasets import Finding, Report, Selection
    from tunesmith.bot.datasets.costs import Cost

_ICONS = {"error": "✗", "warning": "!", "note": "·"}
_WIDTH = 130
_MOST_KINDS = 12
_MOST_LINES = 8
_MOST_COSTS = 8
_text = words()


def inspect(
    files: Annotated[list[Path], typer.Argument(help=_text("cli.help.inspect_files"))],
    *,
    model: Annotated[str | None, typer.Option(help=_text("cli.help.inspect_model"))] = None,
    provider: Annotated[str | None, typer.Option(help=_text("cli.help.inspect_provider"))] = None,
    method: Annotated[str | None, typer.Option(help=_text("cli.help.inspect_method"))] = None,
    validation: Annotated[
        Path | None, typer.Option(help=_text("cli.help.inspect_validation"))
    ] = None,
    fix: Annotated[Path | None, typer.Option(help=_text("cli.help.inspect_fix"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=_text("cli.help.inspect_json"))] = False,
) -> None:
    """Check training files, count their tokens and price them.

    Exit 0: valid. 1: the provider would refuse a file. 2: a file cannot be read.
    """
    from tunesmith.bot.datasets import Selection  # noqa: PLC0415 - --help stays quick
    from tunesmith.bot.errors import DatasetError  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    if fix is not None and len(files) > 1:
        raise typer.BadParameter(words()("cli.inspect.fix_one_file"))
    catalogue = load_catalogue(load_settings().catalogue)
    selection = Selection(catalogue, provider, model, method)
    worst = 0
    for path in files:
        try:
            report = _inspect(path, selection, validation, as_json=as_json)
            if fix is not None:
                _fix(path, selection, fix)
        except OSError as error:
            typer.echo(f"{path.name}: {error.strerror}", err=True)
            worst = 2
        except DatasetError as error:
            typer.echo(f"{path.name}: {words()(error.message)}", err=True)
            worst = 2
        else:
            worst = max(worst, 0 if report.valid else 1)
    raise typer.Exit(worst)


def _inspect(
    path: Path, selection: "Selection", validation: Path | None, *, as_json: bool
) -> "Report":
    from tunesmith.bot.datasets import inspect_sync  # noqa: PLC0415
    from tunesmith.bot.datasets.export import json_parts  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        findings = Path(folder) / "findings.jsonl"
        report = inspect_sync(
            path, name=path.name, selection=selection, validation=validation, findings=findings
        )
        if as_json:
            sys.stdout.buffer.writelines(json_parts(report, findings))
            sys.stdout.buffer.flush()
        else:
            _show(report)
    return report


def _fix(path: Path, selection: "Selection", out: Path) -> None:
    from tunesmith.bot.datasets.fix import fix_sync  # noqa: PLC0415

    if out.exists() and out.samefile(path):
        raise typer.BadParameter(words()("cli.inspect.fix_same_file"))
    fixed = fix_sync(path, name=path.name, selection=selection, out=out)
    counts = [f"{code} {count}" for code, count in fixed.counts.items()]
    key = "cli.inspect.fixed" if counts else "cli.inspect.nothing_to_fix"
    typer.echo(words()(key, counts=counts, name=out.name), err=True)
    typer.echo(fixed.diff(), err=True)


def _show(report: "Report") -> None:
    """Verdict, figures, costs, and the findings by kind."""
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.markup import escape  # noqa: PLC0415

    console = Console(highlight=False)
    console.width = max(console.width, _WIDTH)
    text = words().escaping(escape)
    target = " ".join(part for part in (report.provider, report.model, report.method) if part)
    verdict = "cli.inspect.valid" if report.valid else "cli.inspect.not_valid"
    console.print(text(verdict, name=report.name, target=target))
    tokens = report.tokens
    for line in (
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
    ):
        console.print(line)
    if report.costs:
        console.print(_costs(report, text))
    _show_findings(report, console, text)


def _costs(report: "Report", text: Text) -> "Table":
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, padding=(0, 1))
    table.add_column(text("cli.inspect.column_model"), no_wrap=True)
    hosted = any(cost.hosting_usd_per_hour for cost in report.costs)
    columns = ["epochs", "billed", "training", "answers", *(["hosting"] if hosted else [])]
    columns += ["last_training", "shutdown"]
    for column in columns:
        heading = text(f"cli.inspect.column_{column}")
        table.add_column(heading, justify="right", no_wrap=True)
    for cost in report.costs[:_MOST_COSTS]:
        hosting = cost.hosting_usd_per_hour
        table.add_row(
            f"{cost.provider}/{cost.model}",
            "?" if cost.epochs is None else str(cost.epochs),
            _billed(cost, text),
            _price(cost.usd, text),
            _price(cost.answers_usd, text),
            *([_price(hosting, text) if hosting else ""] if hosted else []),
            _day(cost.last_training_date, text),
            _day(cost.shutdown_date, text),
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


def _show_findings(report: "Report", console: "Console", text: Text) -> None:
    from rich.markup import escape  # noqa: PLC0415

    kinds: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        kinds[finding.code].append(finding)
    for code, found in list(kinds.items())[:_MOST_KINDS]:
        first, count = found[0], report.counts[code]
        lines = [str(finding.line) for finding in found if finding.line is not None]
        shown = "kind_more_lines" if count > _MOST_LINES else "kind_lines"
        console.print(
            text(
                f"cli.inspect.{shown if lines else 'kind'}",
                icon=_ICONS[first.severity],
                code=code,
                count=count,
                lines=lines[:_MOST_LINES],
            )
        )
        at = f"{first.path}: " if first.path else ""
        excerpt = f"  [{first.excerpt}]" if first.excerpt else ""
        console.print(escape(f"    {at}{text.plain(first.message)}{excerpt}"))
        console.print(escape(f"    → {text.plain(first.hint)}"), style="dim")
    if len(kinds) > _MOST_KINDS:
        console.print(text("cli.inspect.more_kinds", count=len(kinds) - _MOST_KINDS))
