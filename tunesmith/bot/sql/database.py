"""A third opinion, where a team names a database: would that database plan the statement?

The statement is explained, never executed, in a transaction that can only read, for a few seconds
at most. PostgreSQL and SQLite; the schema's other dialects have no such opinion.
"""

import asyncio
from urllib.parse import quote

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tunesmith.bot.ddl.dialect import Dialect
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.messages import Message
from tunesmith.bot.sql.lexical import character_danger, token_danger
from tunesmith.bot.sql.parsing import SLIPS, NotSqlError, parse, tokenize
from tunesmith.bot.sql.safety import tree_danger
from tunesmith.bot.sql.sentences import Sentence, say
from tunesmith.bot.sql.wording import unsafe

_SECONDS = 5
_LONGEST = 300
_DIALECTS = {"postgresql": Dialect.POSTGRES, "sqlite": Dialect.SQLITE}


async def explain_in_database(url: str, sql: str) -> Sentence | None:
    """What the database at `url` has against a statement; None where it would run it.

    `url` is SQLAlchemy's, with an async driver: `postgresql+asyncpg://...` or
    `sqlite+aiosqlite:///...`. Raises ConfigurationError if the database cannot be asked; its
    message holds neither the address nor the password.
    """
    try:
        parsed = make_url(url)
        dialect = _DIALECTS[parsed.get_backend_name()]
        if dialect is Dialect.POSTGRES and not is_installed(Extra.POSTGRES):
            raise ConfigurationError(Message("common.postgres_missing"))
        engine = create_async_engine(_without_creating(parsed), poolclass=NullPool)
    except (ArgumentError, KeyError, SQLAlchemyError, ImportError) as error:
        message = "The database for checking answers must be PostgreSQL or SQLite."
        raise ConfigurationError(message) from error
    # EXPLAIN would run what `ANALYZE` or a semicolon puts behind it.
    danger = await asyncio.to_thread(_danger, sql, dialect)
    if danger:
        return danger
    try:
        async with asyncio.timeout(_SECONDS):
            return await _explain(engine, sql.strip().rstrip(";"), dialect)
    except TimeoutError:
        return say("database_slow", seconds=_SECONDS)
    except (OSError, SQLAlchemyError) as error:
        raise ConfigurationError("The database for checking answers cannot be reached.") from error
    finally:
        await engine.dispose()


def _without_creating(url: URL) -> URL:
    """SQLite makes an empty file of a wrong path; opened for reading only, it does not."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return url
    file = f"file:{quote(url.database)}"
    return url.set(database=file, query={"mode": "ro", "uri": "true"})


def _danger(sql: str, dialect: Dialect) -> Sentence | None:
    danger = character_danger(sql)
    try:
        tokens = tokenize(sql, dialect)
        danger = danger or token_danger(sql, tokens, dialect)
        danger = danger or tree_danger(parse(sql, tokens, dialect), sql, dialect)
    except (NotSqlError, RecursionError, *SLIPS):
        return unsafe(danger or say("unreadable"))
    return unsafe(danger) if danger else None


async def _explain(engine: AsyncEngine, sql: str, dialect: Dialect) -> Sentence | None:
    if dialect is Dialect.SQLITE:
        event.listen(engine.sync_engine, "connect", _only_read)
    async with engine.connect() as connection:
        if dialect is Dialect.POSTGRES:
            await connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            await connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{_SECONDS}s'")
        try:
            return await _ask(connection, sql)
        finally:
            await connection.rollback()


async def _ask(connection: AsyncConnection, sql: str) -> Sentence | None:
    try:
        await connection.exec_driver_sql(f"EXPLAIN {sql}")
    except DBAPIError as error:
        said = str(error.orig).rpartition(">: ")[2].partition("\n")[0]
        return say("database_says", said=said[:_LONGEST])
    return None


def _only_read(connection: DBAPIConnection, _record: object) -> None:
    """Let a SQLite connection refuse writes (sqlite.org/pragma.html#pragma_query_only)."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()
