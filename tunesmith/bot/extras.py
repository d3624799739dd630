"""The optional parts of the package: which extra brings which library, and whether it is here.

The names are those of `[project.optional-dependencies]` in pyproject.toml.
"""

from enum import StrEnum
from functools import cache
from importlib.util import find_spec


class Extra(StrEnum):
    """An extra, as pip knows it."""

    MYSQL = "mysql"
    OPEN_MODELS = "open-models"
    POSTGRES = "postgres"
    SQL = "sql"
    TABLES = "tables"


_LIBRARIES = {
    Extra.MYSQL: ("asyncmy",),
    Extra.OPEN_MODELS: ("fastokens",),
    Extra.POSTGRES: ("asyncpg",),
    Extra.SQL: ("duckdb",),
    Extra.TABLES: ("openpyxl", "pyarrow"),
}


@cache
def is_installed(extra: Extra) -> bool:
    """Whether all libraries of an extra can be imported. Nothing is imported to find out."""
    return all(find_spec(library) is not None for library in _LIBRARIES[extra])
