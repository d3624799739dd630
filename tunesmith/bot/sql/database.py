"""A third opinion, where a team names a database: would that database plan the statement?

The statement is explained, never executed, in a transaction that can only read, for a few seconds
at most, and only where that cannot take its memory (see `planning`). Only a database of the
schema's dialect that has the tables which the statement uses, with their columns, is asked: any
other one's objection would say nothing about the statement.
"""

import asyncio
from collections.abc import Collection

from sqlalchemy import Connection, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchTableError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from tunesmith.bot.ddl.dialects import every_profile
from tunesmith.bot.ddl.dialects.profile import Explain, Folding, Profile
from tunesmith.bot.ddl.model import Schema, Table
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
    backend: (dialect, dialect.explain)
    for dialect in every_profile()
    if dialect.explain
    for backend in dialect.explain.backends
}


async def explain_in_database(
    url: str, sql: str, schema: Schema, used: Collection[str]
) -> Message | None:
    """What the database at `url` has against a statement; None where it would run it.

    None too where it is not asked: it is of another dialect than `schema`, or does not have the
    tables `used` by the statement. `url` is SQLAlchemy's, with an async driver:
    `postgresql+asyncpg://...`, `mysql+asyncmy://...` or `sqlite+aiosqlite:///...`. Raises
    ConfigurationError if the database cannot be asked; its message holds neither the address nor
    the password.
    """
    try:
        parsed = make_url(url)
        dialect, explain = _BACKENDS[parsed.get_backend_name()]
        if explain.extra is not None and not is_installed(explain.extra):
            database = {"database": dialect.label, "extra": explain.extra}
            raise ConfigurationError(say("common.driver_missing", **database))
        engine = create_async_engine(explain.read_only(parsed), poolclass=NullPool)
    except (ArgumentError, KeyError, SQLAlchemyError, ImportError) as error:
        labels = list(dict.fromkeys(dialect.label for dialect, _ in _BACKENDS.values()))
        raise ConfigurationError(say("sql.database_other", databases=labels)) from error
    if dialect is not schema.dialect.profile:
        return None
    # EXPLAIN would run what `ANALYZE` or a semicolon puts behind it.
    danger = await asyncio.to_thread(_danger, sql, dialect)
    if danger:
        return danger
    tables = [table for table in schema.tables if table.name in used]
    try:
        async with asyncio.timeout(_SECONDS):
            return await _explain(engine, sql.strip().rstrip(";"), dialect, explain, tables)
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


async def _explain(
    engine: AsyncEngine, sql: str, dialect: Profile, explain: Explain, tables: list[Table]
) -> Message | None:
    async with engine.connect() as connection:
        for statement in explain.prepare:
            await connection.exec_driver_sql(statement.format(seconds=_SECONDS))
        try:
            if await connection.run_sync(_has, tables, dialect):
                return await _ask(connection, sql, explain)
        finally:
            await connection.rollback()
    return None


def _has(connection: Connection, tables: list[Table], dialect: Profile) -> bool:
    """Whether the database has these tables, with all of their columns."""
    inspector = inspect(connection)
    for table in tables:
        front, _, last = table.name.rpartition(".")
        schema = _stored(front, dialect, quoted=table.quoted) if front else None
        try:
            found = inspector.get_columns(_stored(last, dialect, quoted=table.quoted), schema)
        except NoSuchTableError:
            return False
        names = {dialect.fold(column["name"], quoted=True) for column in found}
        if any(dialect.fold(one.name, quoted=one.quoted) not in names for one in table.columns):
            return False
    return True


def _stored(name: str, dialect: Profile, *, quoted: bool) -> str:
    """A name of the schema's file as the database keeps it."""
    return name if dialect.folding is Folding.IGNORED else dialect.fold(name, quoted=quoted)


async def _ask(connection: AsyncConnection, sql: str, explain: Explain) -> Message | None:
    asking = connection.execution_options(no_parameters=True)  # a % in it is its own
    try:
        await (await asking).exec_driver_sql(f"EXPLAIN {sql}")
    except DBAPIError as error:
        cause = error.orig
        if cause is None or not explain.is_of_statement(cause):
            raise
        # MySQL's errors are a number and a text.
        text = str(cause.args[1] if len(cause.args) > 1 else cause)
        said = text.rpartition(">: ")[2].partition("\n")[0]
        return say("sql.database_says", said=said[:_LONGEST])
    return None
