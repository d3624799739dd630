"""`tunesmith inspect`: what the bot says about a training file, at the command line."""

import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from tunesmith.bot.datasets import Finding, Report, Selection

_ICONS = {"error": "✗", "warning": "!", "note": "·"}
_WIDTH = 120
_MOST_KINDS = 12
_MOST_LINES = 8
_MOST_COSTS = 8


def inspect(
    files: Annotated[list[Path], typer.Argument(help="JSON Lines, JSON, CSV, TSV, XLSX, Parquet")],
    *,
    model: Annotated[str | None, typer.Option(help="Base model to train")] = None,
    provider: Annotated[str | None, typer.Option(help="Who trains; else OpenAI judges")] = None,
    method: Annotated[str | None, typer.Option(help="supervised or dpo")] = None,
    validation: Annotated[Path | None, typer.Option(help="Validation file to check along")] = None,
    fix: Annotated[Path | None, typer.Option(help="Write a fixed file here")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a file")] = False,
) -> None:
    """Check training files, count their tokens and price them.

    Exit 0: valid. 1: the provider would refuse a file. 2: a file cannot be read.
    """
    from tunesmith.bot.datasets import Selection  # noqa: PLC0415 - --help stays quick
    from tunesmith.bot.errors import DatasetError  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    if fix is not None and len(files) > 1:
        raise typer.BadParameter("--fix takes one file at a time.")
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
            typer.echo(f"{path.name}: {error}", err=True)
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
        raise typer.BadParameter("--fix must not be the file itself: the original is kept.")
    fixed = fix_sync(path, name=path.name, selection=selection, out=out)
    counts = ", ".join(f"{code} {count}" for code, count in fixed.counts.items())
    typer.echo(f"Fixed: {counts or 'nothing'}. Written to {out.name}.", err=True)
    typer.echo(fixed.diff(), err=True)


def _show(report: "Report") -> None:
    """Verdict, figures, costs, and the findings by kind."""
    from rich.console import Console  # noqa: PLC0415 - for people only
    from rich.markup import escape  # noqa: PLC0415

    console = Console(highlight=False)
    console.width = max(console.width, _WIDTH)
    verdict = "[green]valid[/green]" if report.valid else "[red]not valid[/red]"
    target = " ".join(part for part in (report.provider, report.model, report.method) if part)
    console.print(f"[bold]{escape(report.name)}[/bold]  {verdict} for {target}")
    tokens, spread = report.tokens, report.tokens.per_example
    examples = "example" if report.examples == 1 else "examples"
    console.print(
        f"  {report.examples:,} {examples} ({report.format}), {report.bytes:,} bytes\n"
        f"  {tokens.total:,} tokens ({tokens.encoding}), {tokens.assistant:,} of them answers\n"
        f"  an example: {spread.min:,} to {spread.max:,} tokens, mean {spread.mean:,.0f}, median "
        f"{spread.median:,.0f}, p5 {spread.p5:,.0f}, p95 {spread.p95:,.0f}"
    )
    if report.costs:
        console.print(_costs(report))
    _show_findings(report, console)


def _costs(report: "Report") -> "Table":
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, padding=(0, 1))
    table.add_column("base model", no_wrap=True)
    hosted = any(cost.hosting_usd_per_hour for cost in report.costs)
    headings = ["epochs", "billed tokens", "training $", "1,000 answers $"]
    for heading in [*headings, *(["hosting $/h"] if hosted else []), "days left"]:
        table.add_column(heading, justify="right", no_wrap=True)
    for cost in report.costs[:_MOST_COSTS]:
        free = f" ({cost.free_tokens:,} free)" if cost.free_tokens else ""
        hosting = f"{cost.hosting_usd_per_hour:,.2f}" if cost.hosting_usd_per_hour else ""
        table.add_row(
            f"{cost.provider}/{cost.model}",
            "?" if cost.epochs is None else str(cost.epochs),
            f"{cost.billed_tokens:,}" + ("" if cost.epochs else " each") + free,
            "unknown" if cost.usd is None else f"{cost.usd:,.2f}",
            "unknown" if cost.answers_usd is None else f"{cost.answers_usd:,.2f}",
            *([hosting] if hosted else []),
            "" if cost.days_left is None else str(cost.days_left),
        )
    return table


def _show_findings(report: "Report", console: "Console") -> None:
    from rich.markup import escape  # noqa: PLC0415

    from tunesmith.bot.messages import text_for  # noqa: PLC0415

    text = text_for("en")
    kinds: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        kinds[finding.code].append(finding)
    for code, found in list(kinds.items())[:_MOST_KINDS]:
        first, count = found[0], report.counts[code]
        lines = [str(finding.line) for finding in found if finding.line is not None]
        shown = ", ".join(lines[:_MOST_LINES]) + (" …" if count > _MOST_LINES else "")
        where = f"  line {shown}" if lines else ""
        console.print(f"{_ICONS[first.severity]} [bold]{code}[/bold] ×{count:,}{where}")
        at = f"{first.path}: " if first.path else ""
        excerpt = f"  [{first.excerpt}]" if first.excerpt else ""
        console.print(escape(f"    {at}{text(first.message)}{excerpt}"))
        console.print(escape(f"    → {text(first.hint)}"), style="dim")
    if len(kinds) > _MOST_KINDS:
        console.print(f"… and {len(kinds) - _MOST_KINDS} more kinds; --json lists every finding.")
