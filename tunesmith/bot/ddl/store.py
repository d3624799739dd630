"""Schemas of kept DDL files: parsed once, kept as JSON beside the file."""

import uuid
from pathlib import Path

from pydantic import ValidationError

from tunesmith.bot.ddl.model import Schema
from tunesmith.bot.ddl.parse import parse_file
from tunesmith.bot.errors import SchemaError
from tunesmith.bot.messages import say


def store_schema(file: Path) -> Schema:
    """Parse a kept DDL file, and write its schema beside it as `<name>.schema.json`.

    Raises SchemaError where the file holds no DDL.
    """
    schema = parse_file(file)
    unfinished = file.with_name(f"{uuid.uuid4().hex}.part")
    try:
        unfinished.write_text(schema.model_dump_json(), encoding="utf-8")
        unfinished.replace(stored_schema(file))
    finally:
        unfinished.unlink(missing_ok=True)
    return schema


def load_schema(file: Path) -> Schema:
    """The schema of a kept DDL file, as it was stored.

    It is parsed anew where it was not stored, or by a version whose schemas looked different.
    Raises SchemaError where the file was deleted.
    """
    if not file.exists():
        raise SchemaError(say("schema.deleted"))
    try:
        return Schema.model_validate_json(stored_schema(file).read_bytes())
    except (FileNotFoundError, ValidationError):
        return store_schema(file)


def stored_schema(file: Path) -> Path:
    """Where the schema of a kept DDL file is stored."""
    return file.with_name(f"{file.name}.schema.json")
