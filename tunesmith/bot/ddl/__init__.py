"""Read a schema from DDL: parse it, sum it up, draw it.

`parse_ddl` reads a file into a `Schema`; `summarise` and `code_list` say what is in it. The
picture is apart, in `picture`, because only it needs a drawing library. The names are imported
when they are used: the command line only needs a `Dialect` to start.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunesmith.bot.ddl.codes import code_list
    from tunesmith.bot.ddl.dialects import Dialect
    from tunesmith.bot.ddl.model import Column, ForeignKey, Schema, Table, Unparsed
    from tunesmith.bot.ddl.parse import parse_ddl, parse_file
    from tunesmith.bot.ddl.summary import Summary, summarise

__all__ = [
    "Column",
    "Dialect",
    "ForeignKey",
    "Schema",
    "Summary",
    "Table",
    "Unparsed",
    "code_list",
    "parse_ddl",
    "parse_file",
    "summarise",
]

_MODULES = {
    "Column": "model",
    "Dialect": "dialects",
    "ForeignKey": "model",
    "Schema": "model",
    "Summary": "summary",
    "Table": "model",
    "Unparsed": "model",
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
