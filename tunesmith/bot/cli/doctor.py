"""`tunesmith doctor`: is everything set that the bot needs?"""

import asyncio
from collections.abc import Awaitable, Callable

import typer

Check = Callable[[], Awaitable[str]]


def doctor() -> None:
    """Check the settings, the database, Slack and each provider; exit 1 where one fails."""
    if not asyncio.run(_check_all()):
        raise typer.Exit(1)


async def _check_all() -> bool:
    from slack_sdk.errors import SlackClientError  # noqa: PLC0415 - as in run
    from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from tunesmith.bot.cli.language import words  # noqa: PLC0415
    from tunesmith.bot.errors import TunesmithError  # noqa: PLC0415
    from tunesmith.bot.extras import Extra, is_installed  # noqa: PLC0415
    from tunesmith.bot.messages import say  # noqa: PLC0415
    from tunesmith.bot.providers import connect  # noqa: PLC0415
    from tunesmith.bot.providers.catalogue import load_catalogue  # noqa: PLC0415
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415
    from tunesmith.storage.database import Database  # noqa: PLC0415

    text = words()
    for extra in Extra:
        if not is_installed(extra):
            what = say(f"cli.extra.{extra}")
            typer.echo("· " + text("cli.extra_missing", what=what, extra=extra))
    settings = load_settings()
    clients = connect(settings, load_catalogue(settings.catalogue))

    async def slack() -> str:
        client = AsyncWebClient(
            settings.slack.bot_token.get_secret_value(), base_url=settings.slack.api_url
        )
        answer = await client.auth_test()
        return f"{answer['user']} in {answer['team']}"

    async def database() -> str:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = Database(settings.database)
        try:
            await store.migrate()
        finally:
            await store.close()
        return "up to date"

    checks: dict[str, Check] = {"Database": database, "Slack": slack}
    for client in clients.values():

        async def provider(client: object = client) -> str:
            await clients[client.name].jobs(["none"])  # type: ignore[attr-defined]
            return "answers"

        checks[client.provider.title] = provider
    good = bool(clients)
    if not clients:
        typer.echo("✗ Providers: none is connected; set a key, for example OPENAI_API_KEY")
    for name, check in checks.items():
        try:
            typer.echo(f"✓ {name}: {await check()}")
        except (TunesmithError, SlackClientError, SQLAlchemyError, OSError) as error:
            good = False
            typer.echo(f"✗ {name}: {str(error).splitlines()[0]}")
    return good
