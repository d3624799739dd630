"""A DDL file to a `Schema`: decode, find the dialect, split, read statement by statement.

The statements are read by hand rather than by sqlglot, because a dump must not lose what one
unknown option stands next to: each column and constraint is read on its own, the source text of
its type is kept, and what is not understood is named. sqlglot reads the queries of views.
"""

import re
import time
from pathlib import Path

from tunesmith.bot.ddl.dialects import Dialect
from tunesmith.bot.ddl.dialects.detection import detect
from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.ddl.parse.encoding import Decoded, decode
from tunesmith.bot.ddl.parse.schema_builder import SchemaBuilder
from tunesmith.bot.ddl.parse.splitter import split
from tunesmith.bot.ddl.parse.statements import apply
from tunesmith.bot.ddl.parse.views import resolve_queries
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import say

_FENCE = re.compile(r"^```\w*+[ \t]*+$", re.MULTILINE)  # Markdown's, around pasted DDL

_PACKED = {
    b"PGDMP": say("ddl.pg_custom"),
    b"SQLite format 3\0": say("ddl.sqlite_file"),
    b"\x1f\x8b": say("ddl.archive", kind="gzip"),
    b"PK\x03\x04": say("ddl.archive", kind="zip"),
    b"BZh": say("ddl.archive", kind="bzip2"),
}
_LOST = "\ufffd"  # what stands for bytes that are no letters
_ABOUT_TABLES = {"CREATE VIEW", "CREATE TYPE", "CREATE SCHEMA", "COMMENT ON"}

__all__ = ["parse_ddl", "parse_file"]


def parse_file(path: Path, *, dialect: Dialect | None = None) -> Schema:
    """`parse_ddl` of a file. Raises `SchemaError` also where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        said = say("ddl.unreadable", name=path.name, problem=error.strerror or "")
        raise SchemaError(said) from error
    return parse_ddl(data, dialect=dialect)


def parse_ddl(data: bytes | str, *, dialect: Dialect | None = None, seconds: float = 20) -> Schema:
    """Read the tables of a DDL file.

    `dialect` is detected where it is not given. After `seconds` the rest of the file is left
    unread, and `unparsed` says from which line on. Raises `SchemaError` if the file holds no DDL.
    """
    deadline = time.monotonic() + seconds
    if isinstance(data, bytes):
        _refuse_packed(data)
    decoded = decode(data) if isinstance(data, bytes) else Decoded(data, "utf-8", whole=True)
    text = decoded.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = _FENCE.sub("", text)
    found, confidence = detect(text) if dialect is None else (dialect, 1.0)
    builder = SchemaBuilder(text, found)
    if not _read(builder, deadline):
        raise SchemaError(say("ddl.no_ddl"))
    resolve_queries(builder, deadline)
    if not decoded.whole:
        said = say("ddl.bytes_lost", encoding=decoded.encoding)
        builder.note(max(text.find(_LOST), 0), "", said)
    schema = builder.finish(confidence)
    schema.encoding = decoded.encoding
    return schema


def _refuse_packed(data: bytes) -> None:
    """Say what to do with what is no text at all."""
    for mark, said in _PACKED.items():
        if data.startswith(mark):
            raise SchemaError(said)


def _read(builder: SchemaBuilder, deadline: float) -> bool:
    """Read all statements in time. False if none of them is about tables."""
    about_tables = False
    for statement in split(builder.text, builder.profile):
        if time.monotonic() > deadline:
            skipped = builder.text[statement.start : statement.end]
            builder.note(statement.start, skipped, say("ddl.time_over"))
            return True
        about_tables = about_tables or statement.verb in _ABOUT_TABLES or " TABLE" in statement.verb
        apply(statement, builder)
    return about_tables or bool(builder.drafts)
