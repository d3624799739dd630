"""What many tests need."""

import gc
import os
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

# The command line speaks English here, whatever the machine's language is. Its help is written as
# it is imported, so this stands before that.
os.environ["LC_ALL"] = "C.UTF-8"
# Every provider of the catalogue still trains then, and none is about to stop.
os.environ["TUNESMITH_TODAY"] = "2026-10-01"
# As in the programs that work with numpy: whichever test imports it first, its own threads would
# wait for each other in a loop that takes the processor, which made training five times as slow.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
# Nothing here speaks TLS: each client would read all of the machine's authorities for 30 ms.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = str(Path(__file__).parent)

from tests.support.databases import (
    MISSING,
    PostgresServer,
    any_server,
    copy_migrated,
    shared_server,
)
from tests.support.elsewhere import Elsewhere, somewhere_else
from tests.support.programs import shared_forker
from tunesmith.bot.processes import Processes
from tunesmith.storage.database import Database


# The same examples in every run, on however slow a machine: none from the constants that stand in
# whichever modules are imported, whose reading takes each process three seconds more.
def _is_local(_path: str) -> bool:
    return False


pytest.MonkeyPatch().setattr(providers, "is_local_module_file", _is_local)
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start one PostgreSQL server and one forker for all of xdist's processes, before them."""
    if session.config.getoption("tx", None):
        exits = ExitStack()
        exits.enter_context(shared_server())
        exits.enter_context(shared_forker())
        session.config.add_cleanup(exits.close)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what may take longest, or waits for programs, before the rest.

    xdist cuts the list into a piece for each of its processes: each begins with its share of that,
    module by module, so that none is left with it when the others end.
    """
    slow: dict[Path, list[pytest.Item]] = {}
    quick: list[pytest.Item] = []
    for item in sorted(items, key=_most_seconds, reverse=True):
        is_slow = _most_seconds(item) or item.get_closest_marker("acceptance")
        (slow.setdefault(item.path, []) if is_slow else quick).append(item)
    modules, ordered = list(slow.values()), list[pytest.Item]()
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for number in range(processes):
        end = len(ordered) + (len(items) - len(ordered)) // (processes - number)
        ordered += chain(*modules[number::processes])
        room = max(0, end - len(ordered))
        ordered += quick[:room]
        del quick[:room]
    items[:] = ordered + quick


def _most_seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    return marker.args[0] if marker else 0


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Keep the collector from going through thousands of tests and all modules again and again.

    They stay until the end; going through them took a sixth of the run's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_unconfigure() -> None:
    """Let the interpreter tidy up at its end; DuckDB complains of what is left otherwise."""
    gc.unfreeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a database on both kinds, but for those marked otherwise."""
    if "database_url" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = marker.args if marker else ("sqlite", "postgresql")
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Generator[PostgresServer]:
    """A PostgreSQL server."""
    with any_server() as server:
        if server is None:
            pytest.skip(MISSING)
        yield server


@pytest.fixture
async def empty_postgres(postgres: PostgresServer) -> AsyncGenerator[str]:
    """The URL of an empty PostgreSQL database."""
    async with postgres.database(migrated=False) as url:
        yield url


@pytest.fixture
async def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[str]:
    """An empty, migrated database: an SQLite file, and one on a PostgreSQL server."""
    if request.param == "sqlite":
        template = tmp_path_factory.getbasetemp() / "migrated.db"
        yield await copy_migrated(template, tmp_path / "test.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    async with server.database() as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncGenerator[Database]:
    """A migrated database."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def processes() -> AsyncGenerator[Processes]:
    """Two worker processes, which start within a second of the first call."""
    async with Processes(count=2) as opened:
        yield opened


@pytest.fixture(autouse=True)
def unhurried_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's three seconds may pass on a busy machine; what tests them says so itself."""
    monkeypatch.setattr("tunesmith.handlers.slack.interactions._DO_SECONDS", 25)


@pytest.fixture
async def elsewhere() -> AsyncGenerator[Elsewhere]:
    """A server that nothing may connect to."""
    async with somewhere_else() as server:
        yield server
