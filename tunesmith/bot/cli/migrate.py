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
    import os  # noqa: PLC0415

    from tunesmith.bot.database import open_database  # noqa: PLC0415 - as in run
    from tunesmith.bot.settings import load_settings  # noqa: PLC0415

    os.umask(0o077)  # as in run
    settings = load_settings()

    async def upgrade() -> None:
        async with open_database(settings, new_files_folder=new_files_folder):
            pass

    asyncio.run(upgrade())
    typer.echo(words()("cli.doctor.migrated"))
