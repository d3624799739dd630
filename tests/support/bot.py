"""The bot's handlers in the test's own process, with a real database; the queue runs nothing."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from sqlalchemy import select, text

from tests.support.waiting import eventually
from tunesmith import handlers
from tunesmith.bot.app import slack_client
from tunesmith.bot.processes import Processes
from tunesmith.bot.providers.catalogue import load_catalogue
from tunesmith.bot.queue import Queue
from tunesmith.bot.services import Services
from tunesmith.bot.settings import Settings, SlackSettings
from tunesmith.local.workspace.workspace import Workspace
from tunesmith.storage.database import Database
from tunesmith.storage.tables import tasks


def services_of(folder: Path, database: Database, api_url: str) -> Services:
    """What handlers work with. No provider is connected, and nothing runs until it is called."""
    slack = SlackSettings(
        bot_token=SecretStr("xoxb-local"),
        app_token=SecretStr("xapp-local"),
        api_url=api_url,
    )
    settings = Settings(data_dir=folder, slack=slack)
    return Services(settings, load_catalogue(), database, Queue(database), {}, Processes())


@asynccontextmanager
async def bolt_app(services: Services) -> AsyncGenerator[AsyncApp]:
    """A Bolt app without listeners."""
    async with slack_client(services.settings) as client:
        authorize = handlers.authorization(client)
        yield AsyncApp(client=client, authorize=authorize, request_verification_enabled=False)


@asynccontextmanager
async def in_socket_mode(app: AsyncApp, ws: Workspace, services: Services) -> AsyncGenerator[None]:
    """The app is connected inside the block."""
    serving = asyncio.create_task(handlers.socket_mode(app, "xapp-local", services))
    try:
        await eventually(lambda: ws.sockets.count)
        yield
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def taking_no_tasks(database: Database) -> AsyncGenerator[None]:
    """The database fails at each task that is to be written inside the block."""
    await _rename(database, "tasks", "elsewhere")
    try:
        yield
    finally:
        await _rename(database, "elsewhere", "tasks")


async def _rename(database: Database, old: str, new: str) -> None:
    async with database.write() as connection:
        await connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


@asynccontextmanager
async def locked(url: str) -> AsyncGenerator[None]:
    """Another process holds the tasks of that database for as long as the block lasts."""
    other = Database(url)
    try:
        async with other.write() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("LOCK TABLE tasks"))
            yield
    finally:
        await other.close()


async def keys_of(database: Database, kind: str) -> list[str]:
    """The keys of all tasks of a kind, oldest first."""
    async with database.read() as connection:
        query = select(tasks.c.key).where(tasks.c.kind == kind).order_by(tasks.c.id)
        return list((await connection.execute(query)).scalars())
