"""The bot's database: opened and brought up to date, or a sentence that says why not."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from tunesmith.bot import data_folder, files_folder
from tunesmith.bot.errors import ConfigurationError
from tunesmith.bot.extras import Extra, is_installed
from tunesmith.bot.messages import Message, say
from tunesmith.bot.settings import Settings
from tunesmith.storage.database import Database
from tunesmith.storage.migration import NewerDatabaseError

# By what is written before `://`; whatever driver is named, ours is used.
_DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "sqlite": "sqlite+aiosqlite",
}
# Those of `asyncpg.connect` (0.32) that are texts.
_OPTIONS = frozenset(
    {
        "database",
        "gsslib",
        "host",
        "krbsrvname",
        "passfile",
        "password",
        "port",
        "service",
        "servicefile",
        "ssl",
        "target_session_attrs",
        "user",
    }
)
# PostgreSQL's SQLSTATE, or how SQLite calls its result codes.
_KEYS = {
    "28000": "database.login",
    "28P01": "database.login",
    "3D000": "database.unknown",
    "42501": "database.no_rights",
    "53100": "database.full",
    "55P03": "database.migrating",
    "SQLITE_BUSY": "database.migrating",
    "SQLITE_CANTOPEN": "database.read_only",
    "SQLITE_CORRUPT": "database.damaged",
    "SQLITE_FULL": "database.full",
    "SQLITE_NOTADB": "database.damaged",
    "SQLITE_READONLY": "database.read_only",
}


@asynccontextmanager
async def open_database(
    settings: Settings, *, new_files_folder: bool = False
) -> AsyncGenerator[Database]:
    """The database with this version's tables, closed at the end of the block.

    The data folder is made where it is missing. The files folder is checked against the database;
    `new_files_folder` makes the set one its folder. Raises ConfigurationError where the database
    or a folder cannot be used.
    """
    url = _address(settings)
    await asyncio.to_thread(data_folder.prepare, settings.data_dir)
    with _in_words(url):
        database = Database(url.render_as_string(hide_password=False))
    try:
        with _in_words(url):
            await database.migrate()
            await files_folder.check(database, settings.files, new=new_files_folder)
        yield database
    finally:
        await database.close()


def _address(settings: Settings) -> URL:
    """The URL for our drivers: an SQLite file in the data folder where none is set."""
    written = settings.database_url or f"sqlite:///{settings.data_dir / 'tunesmith.db'}"
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as error:  # the latter where the port is no number
        raise ConfigurationError(say("database.no_address")) from error
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ConfigurationError(say("database.no_address"))
    url = url.set(drivername=driver)
    return _for_asyncpg(url) if url.get_backend_name() == "postgresql" else url


def _for_asyncpg(url: URL) -> URL:
    if not is_installed(Extra.POSTGRES):
        raise ConfigurationError(
            say("common.driver_missing", database="PostgreSQL", extra="postgres")
        )
    options = dict(url.query)
    if "sslmode" in options:  # as other clients call it
        options["ssl"] = options.pop("sslmode")
    for name in options:
        if name not in _OPTIONS:
            raise ConfigurationError(say("database.unknown_option", name=name))
    return url.set(query=options)


@contextlib.contextmanager
def _in_words(url: URL) -> Generator[None]:
    try:
        yield
    except NewerDatabaseError as error:
        said = say("database.newer", found=error.found, known=error.known)
        raise ConfigurationError(said) from error
    except ArgumentError as error:
        raise ConfigurationError(say("database.no_address")) from error
    except DBAPIError as error:
        raise ConfigurationError(_reason(error, url)) from error
    except OSError as error:
        said = say("database.unreachable", where=_where(url), said=str(error))
        raise ConfigurationError(said) from error


def _reason(error: DBAPIError, url: URL) -> Message:
    code = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", ""))
    if code.startswith("SQLITE_"):  # without what an extended result code adds
        code = "_".join(code.split("_")[:2])
    where = _where(url)
    if code in _KEYS:
        return say(_KEYS[code], where=where)
    return say("database.failed", where=where, said=str(error.orig).splitlines()[0])


def _where(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return url.database or ""
    # A password may be among the options too.
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)
