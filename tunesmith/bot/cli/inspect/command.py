"""The command and its options."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunesmith.bot.cli.inspect.choices import OutputFormat, Target
from tunesmith.bot.cli.language import words

if TYPE_CHECKING:
    from tunesmith.bot.datasets import Selection

_text = words()
_CHECK = _text("cli.help.panel_check")
_REPORT = _text("cli.help.panel_report")
_FIX = _text("cli.help.panel_fix")
_EXPLAIN = "explain"


def inspect(
    files: Annotated[
        list[str], typer.Argument(help=_text("cli.help.inspect_files"), metavar="FILE")
    ],
    *,
    provider: Annotated[
        str | None,
        typer.Option(help=_text("cli.help.inspect_provider"), rich_help_panel=_CHECK),
    ] = None,
    model: Annotated[
        str | None, typer.Option(help=_text("cli.help.inspect_model"), rich_help_panel=_CHECK)
    ] = None,
    method: Annotated[
        str | None, typer.Option(help=_text("cli.help.inspect_method"), rich_help_panel=_CHECK)
    ] = None,
    validation: Annotated[
        str | None,
        typer.Option(
            help=_text("cli.help.inspect_validation"), metavar="FILE", rich_help_panel=_CHECK
        ),
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            help=_text("cli.help.inspect_select"), metavar="CODE,...", rich_help_panel=_REPORT
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            help=_text("cli.help.inspect_ignore"), metavar="CODE,...", rich_help_panel=_REPORT
        ),
    ] = None,
    output_format: Annotated[
        OutputFormat | None,
        typer.Option(help=_text("cli.help.inspect_output_format"), rich_help_panel=_REPORT),
    ] = None,
    fix: Annotated[
        Path | None,
        typer.Option(help=_text("cli.help.inspect_fix"), metavar="OUT", rich_help_panel=_FIX),
    ] = None,
    to: Annotated[
        Target | None, typer.Option(help=_text("cli.help.inspect_to"), rich_help_panel=_FIX)
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=_text("cli.help.inspect_dry_run"), rich_help_panel=_FIX),
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help=_text("cli.help.inspect_diff"), rich_help_panel=_FIX)
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help=_text("cli.help.force"), rich_help_panel=_FIX)
    ] = False,
) -> None:
    """Check training files, count their tokens and price them; `explain` tells of the codes."""
    if files[0] == _EXPLAIN:
        from tunesmith.bot.cli.inspect.explain import explain  # noqa: PLC0415 - --help stays quick

        explain(files[1:])
        return
    from tunesmith.bot.cli.inspect.codes import read_codes  # noqa: PLC0415
    from tunesmith.bot.cli.inspect.fixing import Fixing  # noqa: PLC0415
    from tunesmith.bot.cli.inspect.session import Session  # noqa: PLC0415
    from tunesmith.bot.datasets.formats import Format  # noqa: PLC0415

    if fix is not None and len(files) > 1:
        raise typer.BadParameter(words()("cli.inspect.fix_one_file"), param_hint="--fix")
    codes = read_codes(select or [], ignore or [])
    if to is not None and not (fix or dry_run or diff):
        raise typer.BadParameter(words()("cli.inspect.to_needs_fix"), param_hint="--to")
    target = None if to is None else Format(to)
    fixing = Fixing(fix, target, dry_run=dry_run, diff=diff, force=force)
    session = Session(_selection(provider, model, method), codes, output_format, fixing)
    raise typer.Exit(session.inspect(files, validation))


def _selection(provider: str | None, model: str | None, method: str | None) -> "Selection":
    from tunesmith.bot.datasets import Selection  # noqa: PLC0415
    from tunesmith.bot.errors import DatasetError  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    selection = Selection(load_catalogue(load_settings().catalogue), provider, model, method)
    try:
        selection.check()
    except DatasetError as error:
        raise typer.BadParameter(words()(error.message)) from error
    return selection
