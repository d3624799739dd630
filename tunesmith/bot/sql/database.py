"""A third opinion, where a team names a database: would that database plan the statement?

The statement is explained, never executed, in a transaction that can only read, for a few seconds
at most, and only where that cannot take its memory (see `planning`). PostgreSQL and SQLite; the
schema's other dialects have no such opinion.
"""

import asyncio

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import Explain, Profile
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.extras import is_installed
from tunesmith.bot.messages import Message, say
from tunesmith.bot.sql.lexical import character_danger, token_danger
from tunesmith.bot.sql.parsing import SLIPS, NotSqlError, parse, tokenize
from tunesmith.bot.sql.planning import LONGEST, is_harmless_to_plan
from tunesmith.bot.sql.safety import tree_danger
from tunesmith.bot.sql.verdict_messages import unsafe

_SECONDS = 5
_LONGEST = 300
_BACKENDS = {
    dialect.explain.backend: (dialect, dialect.explain)
    for dialect in every_profile()
    if dialect.explain
}


async def explain_in_database(url: str, sql: str) -> Message | None:
    """What the database at `url` has against a statement; None where it would run it.

    `url` is SQLAlchemy's, with an async driver: `postgresql+asyncpg://...` or
    `sqlite+aiosqlite:///...`. Raises ConfigurationError if the database cannot be asked; its
    message holds neither the address nor the password.
    """
    try:
        parsed = make_url(url)
        dialect, explain = _BACKENDS[parsed.get_backend_name()]
        if explain.extra is not None and not is_installed(explain.extra):
            raise ConfigurationError(say("common.postgres_missing"))
        engine = create_async_engine(explain.read_only(parsed), poolclass=NullPool)
    except (ArgumentError, KeyError, SQLAlchemyError, ImportError) as error:
        labels = [dialect.label for dialect, _ in _BACKENDS.values()]
        raise ConfigurationError(say("sql.database_other", databases=labels)) from error
    # EXPLAIN would run what `ANALYZE` or a semicolon puts behind it.
    danger = await asyncio.to_thread(_danger, sql, dialect)
    if danger:
        return danger
    try:
        async with asyncio.timeout(_SECONDS):
            return await _explain(engine, sql.strip().rstrip(";"), explain)
    except TimeoutError:
        return say("sql.database_slow", seconds=_SECONDS)
    except (OSError, SQLAlchemyError) as error:
        raise ConfigurationError(say("sql.database_unreachable")) from error
    finally:
        await engine.dispose()


def _danger(sql: str, dialect: Profile) -> Message | None:
    if len(sql) > LONGEST:
        return say("sql.database_not_asked")
    danger = character_danger(sql)
    try:
        tokens = tokenize(sql, dialect)
        danger = danger or token_danger(sql, tokens, dialect)
        tree = parse(sql, tokens, dialect)
        danger = danger or tree_danger(tree, sql, dialect)
        if not danger and not is_harmless_to_plan(tree):
            return say("sql.database_not_asked")
    except (NotSqlError, RecursionError, *SLIPS):
        return unsafe(danger or say("sql.unreadable"))
    return unsafe(danger) if danger else None


async def _explain(engine: AsyncEngine, sql: str, explain: Explain) -> Message | None:
    async with engine.connect() as connection:
        for statement in explain.prepare:
            await connection.exec_driver_sql(statement.format(seconds=_SECONDS))
        try:
            return await _ask(connection, sql)
        finally:
            await connection.rollback()


async def _ask(connection: AsyncConnection, sql: str) -> Message | None:
    try:
        await connection.exec_driver_sql(f"EXPLAIN {sql}")
    except DBAPIError as error:
        said = str(error.orig).rpartition(">: ")[2].partition("\n")[0]
        return say("sql.database_says", said=said[:_LONGEST])
    return None
