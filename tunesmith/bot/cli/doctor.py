"""`tunesmith doctor`: is everything set that the bot needs?"""

from typing import TYPE_CHECKING

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.messages import say

if TYPE_CHECKING:
    from tunesmith.bot.settings import Settings


def doctor() -> None:
    """Check the settings, the database, Slack and each provider; exit 1 where one fails."""
    import asyncio  # noqa: PLC0415 - as in run
    import os  # noqa: PLC0415

    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    os.umask(0o077)  # as in run
    _name_missing_extras()
    if not asyncio.run(_show_all(load_settings())):
        raise typer.Exit(1)


def _name_missing_extras() -> None:
    from tunesmith.bot.extras import Extra, is_installed  # noqa: PLC0415 - as in run

    for extra in Extra:
        if not is_installed(extra):
            what = say(f"cli.extra.{extra}")
            typer.echo(words()("cli.doctor.missing", what=what, extra=extra))


async def _show_all(settings: "Settings") -> bool:
    from tunesmith.bot.app import examine  # noqa: PLC0415 - as in run

    text = words()
    good = True
    async for found in examine(settings):
        good = good and found.good
        key = "cli.doctor.good" if found.good else "cli.doctor.bad"
        typer.echo(text(key, name=found.name, said=found.said))
    return good
