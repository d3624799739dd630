"""The bot as a process that a test can kill, beside the workspace and the model of the test."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.answers.conftest import Shop
from tests.support.world import World


@asynccontextmanager
async def bot_beside(shop: Shop, database_url: str, folder: Path) -> AsyncGenerator[World]:
    """The bot runs inside of the block."""
    workspace, model = (urlsplit(url).port or 0 for url in (shop.person.url, shop.model.url))
    world = World(folder, shop.person.session, workspace, model)
    world.bot_settings = {
        "TUNESMITH_DATABASE_URL": database_url,
        "TUNESMITH_DATA_DIR": str(shop.context.services.settings.data_dir),
    }
    await world.spawn_bot()
    try:
        yield world
    finally:
        await world.stop()


async def kill(world: World) -> None:
    """SIGKILL the bot, and start it again; it is connected then."""
    await world.kill("bot")
    await world.start_bot()
