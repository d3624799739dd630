"""`tunesmith doctor`: is everything set that the bot needs?"""

import math
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from tunesmith.bot.cli.language import words
from tunesmith.bot.messages import Message, say

if TYPE_CHECKING:
    from tunesmith.bot.providers.client import ProviderClient
    from tunesmith.bot.settings import Settings

# What is good about it; raises an error that says what is not.
_Check = Callable[[], Awaitable[Message]]


def doctor() -> None:
    """Check the settings, the database, Slack and each provider; exit 1 where one fails."""
    import asyncio  # noqa: PLC0415 - as in run
    import os  # noqa: PLC0415

    from tunesmith.bot.providers import connect  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    text = words()
    os.umask(0o077)  # as in run
    _name_missing_extras()
    settings = load_settings()
    checks: dict[str, _Check] = {
        text("cli.doctor.database"): lambda: _database(settings),
        "Slack": lambda: _slack(settings),
    }
    clients = connect(settings, load_catalogue(settings.catalogue))
    for client in clients.values():
        checks[client.provider.title] = lambda client=client: _provider(client)
    if not clients:
        typer.echo(text("cli.doctor.no_provider"))
    if not asyncio.run(_check_all(checks)) or not clients:
        raise typer.Exit(1)


def _name_missing_extras() -> None:
    from tunesmith.bot.extras import Extra, is_installed  # noqa: PLC0415 - as in run

    for extra in Extra:
        if not is_installed(extra):
            what = say(f"cli.extra.{extra}")
            typer.echo(words()("cli.doctor.missing", what=what, extra=extra))


async def _check_all(checks: dict[str, _Check]) -> bool:
    from slack_sdk.errors import SlackClientError  # noqa: PLC0415 - as in run
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from tunesmith.bot.errors import TunesmithError  # noqa: PLC0415

    text = words()
    good = True
    for name, check in checks.items():
        try:
            typer.echo(text("cli.doctor.good", name=name, said=await check()))
        except TunesmithError as error:
            good = False
            typer.echo(text("cli.doctor.bad", name=name, said=error.message))
        except (SlackClientError, SQLAlchemyError, OSError) as error:
            good = False
            typer.echo(text("cli.doctor.bad", name=name, said=str(error).splitlines()[0]))
    return good


async def _database(settings: "Settings") -> Message:
    from tunesmith.bot.database import open_database  # noqa: PLC0415 - as in run

    async with open_database(settings):
        pass
    return say("cli.doctor.up_to_date")


async def _slack(settings: "Settings") -> Message:
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415 - as in run

    token = settings.slack.bot_token.get_secret_value()
    answer = await AsyncWebClient(token, base_url=settings.slack.api_url).auth_test()
    return say("cli.doctor.workspace", user=f"{answer['user']}", team=f"{answer['team']}")


async def _provider(client: "ProviderClient") -> Message:
    await client.jobs(["none"], since=math.inf)
    return say("cli.doctor.answers")
