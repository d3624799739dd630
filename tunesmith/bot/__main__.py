"""The door: the `tunesmith` command. Each subcommand is a module of `commands`."""

import sys

import typer

from tunesmith.bot.commands.check_sql import check_sql
from tunesmith.bot.commands.demo import demo
from tunesmith.bot.commands.doctor import doctor
from tunesmith.bot.commands.inspect import inspect
from tunesmith.bot.commands.migrate import migrate
from tunesmith.bot.commands.run import run
from tunesmith.bot.commands.schema import schema
from tunesmith.bot.errors import TunesmithError

app = typer.Typer(
    help="Fine-tune language models without leaving the Slack thread.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (run, demo, inspect, schema, check_sql, doctor, migrate):
    app.command()(_command)


def main() -> None:
    """Run the command; what went wrong is one line on stderr, and exit code 2."""
    try:
        app()
    except TunesmithError as error:
        typer.echo(f"tunesmith: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
