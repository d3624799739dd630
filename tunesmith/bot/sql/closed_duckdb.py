"""DuckDB in memory, for statements that others wrote."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def closed_duckdb() -> "duckdb.DuckDBPyConnection":
    """An empty database without files, addresses and extensions, in 256 MB and one thread.

    Set `lock_configuration` before a statement runs in it that somebody else wrote.
    """
    import duckdb  # noqa: PLC0415 - an extra

    return duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": "256MB",
            "max_temp_directory_size": "0KB",
            "threads": "1",
        },
    )
