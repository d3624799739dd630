"""Bring a database's tables to the newest version: once, however many processes start."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

# For how long a process waits while another one migrates.
WAIT_SECONDS = 60
# Any number that no other program takes on the same database.
LOCK = 499848504691


class NewerDatabaseError(Exception):
    """The tables are of a version that this program does not know."""

    def __init__(self, found: str, known: str) -> None:
        super().__init__(f"The database is at version {found}, and this program knows {known}.")
        self.found = found
        self.known = known


async def migrate(engine: AsyncEngine) -> None:
    """Bring the tables to the newest version; does nothing where they are.

    All of it is one transaction. Where another process is at it, this one waits for it: for
    WAIT_SECONDS on PostgreSQL, for the busy timeout on SQLite, whose transactions are alone from
    their beginning. Raises NewerDatabaseError, and SQLAlchemy's DBAPIError where the wait is over.
    """
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'"))
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    known = scripts.get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise NewerDatabaseError(found, known or "")
    if found != known:
        command.upgrade(config, "head")
