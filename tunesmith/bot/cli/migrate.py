"""`tunesmith migrate`: bring the database up to date."""

import typer

from tunesmith.bot.cli.language import words


def migrate() -> None:
    """Bring the database's tables to this version (`run` does it by itself)."""
    import asyncio  # noqa: PLC0415 - as in run

    from tunesmith.bot.settings import load_settings  # noqa: PLC0415 - as in run
    from tunesmith.storage.database import Database  # noqa: PLC0415

    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)

    async def upgrade() -> None:
        database = Database(settings.database)
        try:
            await database.migrate()
        finally:
            await database.close()

    asyncio.run(upgrade())
    typer.echo(words()("cli.doctor.migrated"))
