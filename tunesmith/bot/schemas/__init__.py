"""DDL: parse, write a training set, check SQL against it."""

from tunesmith.bot.schemas.model import (
    Column,
    Dialect,
    ForeignKey,
    Schema,
    Table,
    Unparsed,
)
from tunesmith.bot.schemas.parse import parse_ddl

__all__ = ["Column", "Dialect", "ForeignKey", "Schema", "Table", "Unparsed", "parse_ddl"]
