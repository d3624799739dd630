"""Reading training files: JSON lines to rows, and the line to blame where one cannot be used."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from tunesmith.local.trainer.engines.process import JobError

_Row = TypeVar("_Row", bound=BaseModel)


def json_lines(path: Path, code: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Each line that holds something, with its number from 1. Raises JobError with this code."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise JobError(code, f"Line {number} is not JSON: {error}.") from error
            if not isinstance(row, dict):
                raise JobError(code, f"Line {number} is not a JSON object.")
            yield number, row


def validated(model: type[_Row], row: object, number: int, code: str) -> _Row:
    """A line as a row. Raises JobError with this code."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise JobError(code, f"Line {number}, {where}: {first['msg']}.") from error
