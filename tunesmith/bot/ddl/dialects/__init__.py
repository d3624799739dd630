"""The SQL dialects. What is known of one stands in the module of its name, as its `PROFILE`.

A new dialect is a new module and its line in `Dialect`. Nothing else asks which dialect it has in
hand: it asks the dialect's profile for a property. Profiles are loaded when they are first asked
for, because the command line needs no more than the names to start.
"""

from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunesmith.bot.ddl.dialects.profile import Profile


class Dialect(StrEnum):
    """SQL dialects that can be read: the module's name in upper case, and sqlglot's name."""

    MYSQL = "mysql"  # MariaDB too
    POSTGRES = "postgres"
    MSSQL = "tsql"
    ORACLE = "oracle"
    SQLITE = "sqlite"

    @property
    def profile(self) -> "Profile":
        """What is known of the dialect."""
        return _profile(self)

    @property
    def label(self) -> str:
        """The name that people know it by."""
        return self.profile.label


@cache
def _profile(dialect: Dialect) -> "Profile":
    return import_module(f"{__name__}.{dialect.name.lower()}").PROFILE


def every_profile() -> "tuple[Profile, ...]":
    """The profiles of all dialects."""
    return tuple(dialect.profile for dialect in Dialect)
