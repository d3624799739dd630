"""The `tunesmith` command; each subcommand is a module."""

import typer

from tunesmith.bot.cli.check_sql import check_sql
from tunesmith.bot.cli.demo import demo
from tunesmith.bot.cli.doctor import doctor
from tunesmith.bot.cli.inspect import inspect
from tunesmith.bot.cli.migrate import migrate
from tunesmith.bot.cli.run import run
from tunesmith.bot.cli.schema import schema

app = typer.Typer(
    help="Fine-tune language models without leaving the Slack thread.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (run, demo, inspect, schema, check_sql, doctor, migrate):
    app.command()(_command)
