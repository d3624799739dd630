"""DDL: parse, write a training set, check SQL against it.

`parse_ddl` reads a file into a `Schema`; `summarise`, `relations` and `code_list` say what is in
it. The picture is apart, in `picture`, because matplotlib takes a second to load.
"""

from tunesmith.bot.schemas.codes import code_list
from tunesmith.bot.schemas.model import (
    Column,
    Dialect,
    ForeignKey,
    Schema,
    Table,
    Unparsed,
)
from tunesmith.bot.schemas.parse import parse_ddl, parse_file
from tunesmith.bot.schemas.relations import Relation, relations
from tunesmith.bot.schemas.summary import Summary, summarise

__all__ = [
    "Column",
    "Dialect",
    "ForeignKey",
    "Relation",
    "Schema",
    "Summary",
    "Table",
    "Unparsed",
    "code_list",
    "parse_ddl",
    "parse_file",
    "relations",
    "summarise",
]
