"""Databases for tests: SQLite files, and a PostgreSQL server that the tests start themselves."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.support.waiting import PATIENCE
from tunesmith.storage.database import Database

SETTING = "TUNESMITH_TEST_POSTGRES_URL"
MISSING = f"no PostgreSQL 15 or newer is installed here, and {SETTING} names none"
# The one role that logs in with a password, on a server of our own.
ASKED = "asked_for_a_password"

# Names the folder of the server that xdist's first process started for all.
_SHARED = "TUNESMITH_TEST_POSTGRES_FOLDER"

# A test's data need not outlive the machine's power; what was committed outlives `stop`.
_QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "64MB",
    # In the server's folder, so that nothing of it is left when `stop` has ended it at once.
    "dynamic_shared_memory_type": "mmap",
}

# A database is hundreds of small files: in memory they are made and removed in an eighth of the
# processor time.
_MEMORY = Path("/dev/shm")
_MEMORY_BYTES = 1 << 30


@dataclass
class PostgresServer:
    """A server on which databases can be made. `url` is that of the database `postgres`."""

    url: str
    _template: str | None = field(default=None, init=False)

    @asynccontextmanager
    async def database(self, *, migrated: bool = True) -> AsyncGenerator[str]:
        """A database's URL; it is dropped at the end of the block."""
        if migrated and self._template is None:
            self._template = await self._create("template1")
            store = Database(self._url_of(self._template))
            await store.migrate()
            await store.close()
        name = await self._create(self._template if migrated and self._template else "template1")
        try:
            yield self._url_of(name)
        finally:
            await self._drop(name)

    async def close(self) -> None:
        """Drop what new databases were copied from."""
        if self._template is not None:
            await self._drop(self._template)

    async def execute(self, statement: str) -> None:
        """Run a statement of the server's owner."""
        engine = create_async_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    async def _create(self, template: str) -> str:
        name = f"tunesmith_test_{uuid4().hex}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name

    async def _drop(self, name: str) -> None:
        await self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _url_of(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@dataclass
class LocalServer(PostgresServer):
    """A server of our own in `folder`, reached through a socket there, so that no port is needed.

    PostgreSQL refuses to run as root: there it runs as the user of its package, or as `nobody`.
    """

    programs: Path = Path()
    folder: Path = Path()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def create(self) -> None:
        """Lay out the server's files."""
        user = _other_user()
        if user is not None:
            shutil.chown(self.folder, user)
        arguments = ["-D", str(self._data), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        arguments += ["--locale=C", "--no-sync", "--no-instructions"]
        assert self._run("initdb", arguments).wait(PATIENCE) == 0, self._log.read_text()
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {ASKED} scram-sha-256\n{rules.read_text()}")

    def start(self) -> None:
        """Start the server, or start it again; it takes connections afterwards."""
        arguments = ["-D", str(self._data), "-k", str(self.folder), "-c", "listen_addresses="]
        for name, value in {**_QUICK, "max_connections": "200"}.items():
            arguments += ["-c", f"{name}={value}"]
        self._process = self._run("postgres", arguments)
        deadline = time.monotonic() + PATIENCE
        while not self._is_ready():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server; every connection breaks off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(PATIENCE)
            self._process = None

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _run(self, program: str, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        user = _other_user()
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self.programs / program, *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                user=user,
                group=user and pwd.getpwnam(user).pw_gid,
                extra_groups=[] if user else None,
            )

    def _is_ready(self) -> bool:
        # The last line of this file says in what state the server is.
        pid = self._data / "postmaster.pid"
        return pid.exists() and pid.read_text().rstrip().endswith("ready")


@contextmanager
def local_server() -> Generator[LocalServer | None]:
    """A running server of our own inside the block; None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(
        prefix="tunesmith-pg-", dir=_quick_folder(), ignore_cleanup_errors=True
    ) as name:
        server = _server_in(Path(name), programs)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _quick_folder() -> Path | None:
    """Where files are in memory, if there is room."""
    is_roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= _MEMORY_BYTES
    return _MEMORY if is_roomy and os.access(_MEMORY, os.W_OK) else None


@contextmanager
def shared_server() -> Generator[None]:
    """Processes that are started inside the block find one server of ours, where they need one."""
    if os.environ.get(SETTING):
        yield
        return
    with local_server() as server:
        if server is not None:
            os.environ[_SHARED] = str(server.folder)
        yield


@contextmanager
def any_server() -> Generator[PostgresServer | None]:
    """The server of TUNESMITH_TEST_POSTGRES_URL, or one of our own; None where there is neither."""
    url, folder = os.environ.get(SETTING), os.environ.get(_SHARED)
    if not url and not folder:
        with local_server() as server:
            yield server
        return
    server = PostgresServer(url) if url else _server_in(Path(str(folder)))
    yield server
    asyncio.run(server.close())


async def copy_migrated(template: Path, path: Path) -> str:
    """Copy a migrated SQLite file to `path`, made first where it is missing; the copy's URL."""
    if not template.exists():
        store = Database(sqlite_url(template))
        await store.migrate()
        await store.close()
    shutil.copyfile(template, path)
    return sqlite_url(path)


def _server_in(folder: Path, programs: Path = Path()) -> LocalServer:
    url = f"postgresql+asyncpg://postgres@/postgres?host={folder}"
    return LocalServer(url, programs=programs, folder=folder)


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _programs() -> Path | None:
    """The folder of PostgreSQL's programs. Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(folders, key=lambda program: int(program.parts[-3]), default=None)
    return newest and newest.parent


def _other_user() -> str | None:
    """Who runs the server where we are root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
