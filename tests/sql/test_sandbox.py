"""DuckDB gives an opinion and can reach neither a file nor an address."""

import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.sql.cases import cases, schema
from tunesmith.bot.sql import Verdict, check_sql
from tunesmith.bot.sql.duckdb_opinion import sandbox


@pytest.fixture
def address() -> Iterator[tuple[str, list[str]]]:
    """A web server and the requests it got."""
    requests: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requests.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()
        thread.join()


def test_no_statement_reads_or_writes_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    target = tmp_path / "out"
    cursor = sandbox().cursor()
    for statement in (
        f"SELECT * FROM read_csv('{secret}')",
        f"SELECT * FROM '{secret}'",
        f"SELECT * FROM read_text('{secret}')",
        f"SELECT * FROM read_blob('{secret}')",
        f"SELECT * FROM glob('{tmp_path}/*')",
        f"SELECT * FROM sniff_csv('{secret}')",
        f"COPY (SELECT 1) TO '{target}.csv'",
        f"EXPORT DATABASE '{target}'",
        f"IMPORT DATABASE '{tmp_path}'",
        f"ATTACH '{target}.db'",
        f"CREATE TABLE t AS FROM read_csv('{secret}')",
        f"INSTALL '{target}.duckdb_extension'",
        f"LOAD '{target}.duckdb_extension'",
        f"SET temp_directory = '{target}'",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_no_statement_reaches_an_address(address: tuple[str, list[str]]) -> None:
    url, requests = address
    cursor = sandbox().cursor()
    for statement in (
        f"SELECT * FROM read_csv('{url}/x.csv')",
        f"SELECT * FROM '{url}/x.parquet'",
        f"ATTACH '{url}/x.db'",
        f"COPY (SELECT 1) TO '{url}/x.csv'",
        "INSTALL httpfs",
        "LOAD httpfs",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(statement)
    assert requests == []


def test_its_settings_are_locked() -> None:
    cursor = sandbox().cursor()
    for setting in (
        "enable_external_access = true",
        "lock_configuration = false",
        "autoload_known_extensions = true",
        "memory_limit = '100GB'",
        "threads = 64",
    ):
        with pytest.raises(duckdb.Error):
            cursor.execute(f"SET {setting}")


def test_costly_expressions_are_not_computed_for_an_opinion() -> None:
    begun = time.process_time()
    for sql in (
        "SELECT REPEAT('x', 2000000000) FROM sc_user",
        "SELECT id FROM sc_user WHERE REPEAT(REPEAT('x', 100000), 100000) = phone",
        "SELECT RPAD(LPAD(phone, 2000000000, 'x'), 2000000000, 'y') FROM sc_user",
        "SELECT id FROM sc_user WHERE 10 * 10 = 100 AND CONCAT('x', 'y') = 'xy' LIMIT 1000000000",
    ):
        assert check_sql(sql, schema("mysql_shop")).verdict is Verdict.VALID
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT login_name, COUNT(*) FROM sc_user", "GROUP BY"),
        ("SELECT login_name FROM sc_user WHERE COUNT(*) > 1", "aggregates"),
        ("SELECT SUM(COUNT(*)) FROM sc_user", "nested"),
        ("SELECT id FROM sc_user UNION SELECT id, name FROM sc_level", "columns"),
    ],
)
def test_an_objection_is_a_warning_and_not_the_verdict(sql: str, says: str) -> None:
    check = check_sql(sql, schema("mysql_shop"))
    assert check.verdict is Verdict.VALID
    assert [says in warning for warning in check.warnings] == [True]
    assert check_sql(sql, schema("mysql_shop"), second_opinion=False).warnings == []


def test_true_statements_meet_few_objections() -> None:
    valid = [case for case in cases() if case.kind == "valid"]
    met = [
        case
        for case in valid
        if any("DuckDB" in warning for warning in check_sql(case.sql, schema(case.schema)).warnings)
    ]
    # These two let a plain column stand beside an aggregate.
    assert {case.schema for case in met} <= {"sqlite_library", "mysql_shop"}
    assert len(met) <= 2


def test_grouping_by_a_primary_key_meets_no_objection() -> None:
    sql = "SELECT u.id, u.login_name, COUNT(*) FROM sc_user u GROUP BY u.id"
    assert check_sql(sql, schema("mysql_shop")).warnings == []


def test_opinions_asked_for_at_the_same_time_do_not_meet() -> None:
    shop = schema("mysql_shop")
    found: list[list[str]] = []

    def ask() -> None:
        for _ in range(20):
            found.append(check_sql("SELECT name, COUNT(*) FROM sc_level", shop).warnings)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(warnings) for warnings in found] == [1] * 80
