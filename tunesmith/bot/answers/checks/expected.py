"""What the answers of a training file have in common, where all of them are JSON of one shape."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from tunesmith.bot.answers.checks.shape import Shape
from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.findings import Json
from tunesmith.bot.datasets.formats import Format

# Fewer rows say too little.
_FEWEST = 10


class Expected(BaseModel):
    """The JSON Schema that all `answers` of a training file fit; None where there is no such one.

    There is one where there are ten answers or more, all of them JSON objects with a key in common.
    """

    model_config = ConfigDict(extra="forbid")

    answers: int
    json_schema: dict[str, Any] | None = None


def kept_expected(kept: Path) -> Expected | None:
    """What `read_expected` kept, if it did."""
    try:
        return Expected.model_validate_json(kept.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def read_expected(file: Path, kept: Path, stop: str = "") -> Expected:
    """What the answers of a training file (JSON Lines) have in common, kept as JSON at `kept`.

    `stop` is what every completion ends with. Raises FileNotFoundError where the file is gone.
    """
    expected = _read(file, stop)
    unfinished = kept.with_name(f"{uuid.uuid4().hex}.part")
    try:
        unfinished.write_text(expected.model_dump_json(), encoding="utf-8")
        unfinished.replace(kept)
    finally:
        unfinished.unlink(missing_ok=True)
    return expected


def _read(file: Path, stop: str) -> Expected:
    shape = Shape()
    for answer in _answers(file, stop):
        try:
            value = orjson.loads(answer)
        except orjson.JSONDecodeError:
            return Expected(answers=shape.count)
        shape.add(value)
        if not isinstance(value, dict):
            return Expected(answers=shape.count)
    found = shape.count >= _FEWEST and shape.is_one
    return Expected(answers=shape.count, json_schema=shape.schema() if found else None)


def _answers(file: Path, stop: str) -> Iterator[str]:
    """The texts that are answered last; answers that only call tools have none."""
    with file.open("rb") as lines:
        for line in lines:
            try:
                example: Json = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if not isinstance(example, dict):
                continue
            kind = formats.recognise(example)
            if kind is Format.PAIRS:
                text = example.get("completion")
            elif kind is Format.CHAT:
                text = _last(example["messages"])
            elif kind is Format.PREFERENCE:
                text = _last(example.get("preferred_output"))
            else:
                continue
            if isinstance(text, str) and text.strip():
                yield text.removesuffix(stop) if stop else text


def _last(messages: Json) -> Json:
    last = messages[-1] if isinstance(messages, list) and messages else None
    if not isinstance(last, dict) or last.get("role") != "assistant":
        return None
    return last.get("content")
