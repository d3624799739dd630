"""What a file is converted to."""

import json
from pathlib import Path
from typing import Any

from tunesmith.bot.datasets.conversion import as_json_lines


def read(path: Path) -> list[Any]:
    """The examples that a file is converted to."""
    with as_json_lines(path, path.name) as source:
        return [json.loads(line) for line in source.path.read_bytes().splitlines() if line]


def lines(path: Path) -> list[bytes]:
    """The lines that a file is converted to."""
    with as_json_lines(path, path.name) as source:
        return source.path.read_bytes().splitlines()
