"""The rows of a training or validation file as questions whose answer is known."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from pydantic import BaseModel, ConfigDict

from tunesmith.bot.datasets import formats
from tunesmith.bot.datasets.as_chat import as_chat
from tunesmith.bot.datasets.dialogue import dialogue
from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.json_line import BOM, read_line
from tunesmith.bot.datasets.pair_style import PairStyle
from tunesmith.bot.datasets.scan import first_look

# Those whose answer is a text: what a reinforcement example is graded by is none.
_WITH_ANSWER = frozenset({Format.CHAT, Format.PAIRS, Format.PREFERENCE, Format.KTO})


class KnownRow(BaseModel):
    """A question and the answer that the file gives.

    `messages` are all before the answer, as the file has them (a pair's prompt is one, without its
    separator), `tools` what it declares. `gold` is the answer; one that calls tools is written as
    canonical JSON. `line` is counted from 1. One that `was_trained` stands in the training file
    too.
    """

    model_config = ConfigDict(frozen=True)

    line: int
    messages: list[dict[str, Any]]
    gold: str
    tools: list[dict[str, Any]] = []
    was_trained: bool = False

    @property
    def question(self) -> str:
        """What the person says last."""
        asked = [_text(message) for message in self.messages if message.get("role") == "user"]
        return asked[-1] if asked else ""

    @property
    def system(self) -> str | None:
        """The system prompt of the row, if it has one."""
        first = self.messages[0] if self.messages else {}
        return _text(first) if first.get("role") in ("system", "developer") else None

    @property
    def identity(self) -> tuple[str, str]:
        """What rows are the same by."""
        return " ".join(self.question.split()), " ".join(self.gold.split())


class KnownRows(NamedTuple):
    """Rows of a file, and how many were left out: without an answer, or beyond those wanted."""

    rows: list[KnownRow]
    left_out: int


def read_rows(path: Path, most: int | None = None) -> KnownRows:
    """The rows of a file that have an answer; at most so many, evenly apart."""
    look = first_look(path, "")
    lines, rows = 0, list[KnownRow]()
    for number, example in _examples(path):
        lines += 1
        row = known_row(example, look.format, look.style, number)
        if row is not None:
            rows.append(row)
    if most is not None and len(rows) > most:
        rows = [rows[(2 * place + 1) * len(rows) // (2 * most)] for place in range(most)]
    return KnownRows(rows, lines - len(rows))


def known_row(
    example: JsonObject, kind: Format, style: PairStyle | None, line: int
) -> KnownRow | None:
    """An example as a row; None where it has no question, or no answer that is a text."""
    if kind not in _WITH_ANSWER:
        return None
    if kind is Format.PAIRS and style is not None:
        example, kind = as_chat(example, style), Format.CHAT
    turn = dialogue(example, kind).turns[-1]
    messages = _asked(example, kind)[: turn.before]
    row = KnownRow(
        line=line,
        messages=messages,
        gold=turn.answer,
        tools=_tools(formats.declared_tools(example, kind)),
    )
    return row if row.question and row.gold.strip() else None


def spoken(text: str, calls: Sequence[tuple[str, str]] = ()) -> str:
    """What a model answered, written as `KnownRow.gold` is; `calls` are names and arguments."""
    message: JsonObject = {"role": "assistant", "content": text or None if calls else text}
    if calls:
        message["tool_calls"] = [
            {"function": {"name": name, "arguments": arguments}} for name, arguments in calls
        ]
    example: JsonObject = {"messages": [{"role": "user", "content": ""}, message]}
    return dialogue(example, Format.CHAT).turns[-1].answer


def _asked(example: JsonObject, kind: Format) -> list[dict[str, Any]]:
    if kind is Format.PREFERENCE:
        given = example.get("input")
        example = given if isinstance(given, dict) else {}
    if kind is Format.KTO and "messages" not in example:
        return [{"role": "user", "content": example.get("prompt")}]
    return [dict(message) for message in formats.messages(example, Format.CHAT)]


def _tools(declared: Json) -> list[dict[str, Any]]:
    return (
        [tool for tool in declared if isinstance(tool, dict)] if isinstance(declared, list) else []
    )


def texts_in(message: dict[str, Any]) -> list[str]:
    """What a message says: its content, or the texts of its parts."""
    content: object = message.get("content")
    if isinstance(content, str):
        return [content]
    parts = cast("list[object]", content) if isinstance(content, list) else []
    found = [cast("dict[str, object]", part) for part in parts if isinstance(part, dict)]
    return [str(part["text"]) for part in found if "text" in part]


def _text(message: dict[str, Any]) -> str:
    return "\n".join(texts_in(message))


def _examples(path: Path) -> Iterator[tuple[int, JsonObject]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            raw = line.removeprefix(BOM) if number == 1 else line
            if raw.strip() and (example := read_line(raw.rstrip(b"\r\n")).example) is not None:
                yield number, example
