"""`tunesmith migrate`: bring the database up to date."""

from typing import Annotated

import typer

from tunesmith.bot.cli.language import words


def migrate(
    new_files_folder: Annotated[
        bool,
        typer.Option("--new-files-folder", help=words()("cli.help.migrate_new_files_folder")),
    ] = False,
) -> None:
    """Bring the database's tables to this version (`run` does it by itself)."""
    import asyncio  # noqa: PLC0415 - as in run

    from tunesmith.bot.database import open_database  # noqa: PLC0415 - as in run
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)

    async def upgrade() -> None:
        async with open_database(settings, new_files_folder=new_files_folder):
            pass

    asyncio.run(upgrade())
    typer.echo(words()("cli.doctor.migrated"))
