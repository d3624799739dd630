"""A DDL file to a `Schema`: decode, find the dialect, split, read statement by statement.

The statements are read by hand rather than by sqlglot, because a dump must not lose what one
unknown option stands next to: each column and constraint is read on its own, the source text of
its type is kept, and what is not understood is named. sqlglot reads the queries of views.
"""

import re
import time
from pathlib import Path

from tunesmith.bot.errors import SchemaError
from tunesmith.bot.schemas.model import Dialect, Schema
from tunesmith.bot.schemas.parse.catalog import Catalog
from tunesmith.bot.schemas.parse.dialects import detect
from tunesmith.bot.schemas.parse.encoding import decode
from tunesmith.bot.schemas.parse.splitter import split
from tunesmith.bot.schemas.parse.statements import apply
from tunesmith.bot.schemas.parse.views import resolve_queries

_FENCE = re.compile(r"^```\w*+[ \t]*+$", re.MULTILINE)  # Markdown's, around pasted DDL

__all__ = ["parse_ddl", "parse_file"]


def parse_file(path: Path, *, dialect: Dialect | None = None) -> Schema:
    """`parse_ddl` of a file. Raises `SchemaError` also where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SchemaError(f"{path.name} cannot be read: {error.strerror}.") from error
    return parse_ddl(data, dialect=dialect)


def parse_ddl(data: bytes | str, *, dialect: Dialect | None = None, seconds: float = 20) -> Schema:
    """Read the tables of a DDL file.

    `dialect` is detected where it is not given. After `seconds` the rest of the file is left
    unread, and `unparsed` says from which line on. Raises `SchemaError` if the file holds no DDL.
    """
    deadline = time.monotonic() + seconds
    text, encoding = (data, "utf-8") if isinstance(data, str) else decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = _FENCE.sub("", text)
    found, confidence = detect(text) if dialect is None else (dialect, 1.0)
    catalog = Catalog(text, found)
    understood = False
    for statement in split(text, found):
        if time.monotonic() > deadline:
            catalog.note(
                statement.start,
                text[statement.start : statement.start + 400],
                f"the time of {seconds:g} seconds was over; the file was not read from here on",
            )
            break
        understood = understood or statement.verb.split(" ")[0] in {"CREATE", "ALTER", "COMMENT"}
        apply(statement, catalog)
    if not understood and not catalog.drafts:
        raise SchemaError(
            "I found no CREATE TABLE in this file. Attach the DDL of your database: for example"
            " `mysqldump --no-data`, `pg_dump --schema-only` or the script that makes the tables."
        )
    resolve_queries(catalog, deadline)
    schema = catalog.finish(confidence)
    schema.encoding = encoding
    return schema
