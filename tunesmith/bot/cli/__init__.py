"""The `tunesmith` command; each subcommand is a module."""

import typer

from tunesmith.bot.cli.check_sql import check_sql
from tunesmith.bot.cli.demo import demo
from tunesmith.bot.cli.doctor import doctor
from tunesmith.bot.cli.group import CommandGroup
from tunesmith.bot.cli.inspect import inspect
from tunesmith.bot.cli.language import words
from tunesmith.bot.cli.migrate import migrate
from tunesmith.bot.cli.run import run
from tunesmith.bot.cli.schema import schema
from tunesmith.bot.cli.split import split

_text = words()
app = typer.Typer(
    cls=CommandGroup,
    help=_text("cli.help.tunesmith"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(help=_text("cli.help.run"))(run)
app.command(help=_text("cli.help.demo"))(demo)
app.command(help=_text("cli.help.inspect"), epilog=_text("cli.help.inspect_codes"))(inspect)
app.command(help=_text("cli.help.split"))(split)
app.command(help=_text("cli.help.schema"))(schema)
app.command(help=_text("cli.help.check_sql"))(check_sql)
app.command(help=_text("cli.help.doctor"))(doctor)
app.command(help=_text("cli.help.migrate"))(migrate)
