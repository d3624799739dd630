"""Training files for tests: good ones, and how to write and inspect them."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from tunesmith.bot.datasets import Finding, Report, Selection, inspect_sync
from tunesmith.bot.messages import text_for
from tunesmith.bot.providers.catalogue import Catalogue, load_catalogue

Example = dict[str, Any]
# An example, or a line as it is to stand in the file.
Line = Example | bytes

# Different in every word, so that no two examples look alike.
_NOUNS = [
    "river",
    "engine",
    "orchard",
    "lantern",
    "glacier",
    "violin",
    "harbour",
    "compass",
    "meadow",
    "furnace",
]
_VERBS = [
    "polish",
    "measure",
    "repaint",
    "deliver",
    "inspect",
    "borrow",
    "assemble",
    "photograph",
    "label",
    "weigh",
]


def message(role: str, content: Any, **more: Any) -> Example:
    """One message."""
    return {"role": role, "content": content, **more}


def question(number: int) -> str:
    """A question that no other number has."""
    noun, verb = _NOUNS[number % 8], _VERBS[number // 8 % 7]
    return f"How would you {verb} the {noun} number {number}?"


def answer(number: int) -> str:
    """Its answer."""
    verb, noun = _VERBS[number % 7], _NOUNS[number // 7 % 8]
    return f"First {verb} what is nearest, then turn the {noun} by {number % 7} notches."


def chat(number: int = 0, *messages: Example, **more: Any) -> Example:
    """A chat example: the given messages, or a good conversation."""
    good = (
        message("system", "You answer briefly."),
        message("user", question(number)),
        message("assistant", answer(number)),
    )
    return {"messages": list(messages or good), **more}


def chats(count: int = 12, start: int = 100) -> list[Line]:
    """Good chat examples."""
    return [chat(number) for number in range(start, start + count)]


def pair(prompt: str, completion: str) -> Example:
    """A prompt/completion pair."""
    return {"prompt": prompt, "completion": completion}


def pairs(count: int = 12, start: int = 100) -> list[Line]:
    """Good pairs: separator, leading space, stop sequence."""
    return [
        pair(f"{question(number)}\n\n###\n\n", f" {answer(number)} END")
        for number in range(start, start + count)
    ]


def preference(number: int = 0, **more: Any) -> Example:
    """A preference example; `more` replaces its parts."""
    return {
        "input": {"messages": [message("user", question(number))]},
        "preferred_output": [message("assistant", answer(number))],
        "non_preferred_output": [message("assistant", f"No idea about {number}.")],
        **more,
    }


def preferences(count: int = 12, start: int = 100) -> list[Line]:
    """Good preference examples."""
    return [preference(number) for number in range(start, start + count)]


def reinforcement(number: int = 0, *messages: Example, **more: Any) -> Example:
    """A reinforcement example with a reference answer."""
    asked = messages or (message("user", question(number)),)
    return {"messages": list(asked), "reference_answer": answer(number), **more}


def reinforcements(count: int = 12, start: int = 100) -> list[Line]:
    """Good reinforcement examples."""
    return [reinforcement(number) for number in range(start, start + count)]


def to_bytes(lines: Iterable[Line]) -> bytes:
    """Lines as a file has them."""
    return b"".join(
        (line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in lines
    )


def write(path: Path, lines: Iterable[Line] | bytes) -> Path:
    """Write a file: lines, or its bytes as they are."""
    path.write_bytes(lines if isinstance(lines, bytes) else to_bytes(lines))
    return path


def look(
    path: Path,
    *,
    catalogue: Catalogue | None = None,
    provider: str | None = None,
    model: str | None = None,
    method: str | None = None,
    validation: Path | None = None,
) -> Report:
    """Inspect a file that is already written."""
    asked = Selection(catalogue or load_catalogue(), provider, model, method)
    return inspect_sync(path, name=path.name, selection=asked, validation=validation)


def of_code(report: Report, code: str) -> Sequence[Finding]:
    """The report's findings of one code."""
    return [finding for finding in report.findings if finding.code == code]


def said(finding: Finding, language: str = "en") -> str:
    """A finding's message in a language."""
    return text_for(language)(finding.message)
