"""DDL: parse, write a training set, check SQL against it.

`parse_ddl` reads a file into a `Schema`; `summarise`, `relations` and `code_list` say what is in
it. The picture is apart, in `picture`, because matplotlib takes a second to load. What parses is
imported when it is used: commands that only need a `Dialect` do not wait for sqlglot.
"""

from typing import TYPE_CHECKING, Any

from tunesmith.bot.schemas.model import (
    Column,
    Dialect,
    ForeignKey,
    Schema,
    Table,
    Unparsed,
)
from tunesmith.bot.schemas.relations import Relation, relations

if TYPE_CHECKING:
    from tunesmith.bot.schemas.codes import code_list
    from tunesmith.bot.schemas.parse import parse_ddl, parse_file
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

_MODULES = {
    "Summary": "summary",
    "code_list": "codes",
    "parse_ddl": "parse",
    "parse_file": "parse",
    "summarise": "summary",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415

    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(name)
