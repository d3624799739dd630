"""What a row asks where the question is not a message: texts under names of their own."""

from typing import NamedTuple

from tunesmith.bot.datasets.conversion.shapes.shape import message, system_messages
from tunesmith.bot.datasets.findings import Json, JsonObject

# The names of a question, and of a text that belongs to it, as Alpaca and Dolly write them.
_QUESTIONS = ("instruction", "question", "query", "prompt", "input", "input_text", "text_input")
_INPUTS = {"instruction": ("input", "context")}
ANSWERS = ("output", "response", "answer", "output_text")


class Asked(NamedTuple):
    """The messages up to the question, and the fields that they were made of."""

    messages: list[Json]
    used: set[str]


def names(row: JsonObject) -> dict[str, str]:
    """A row's keys by themselves in lower case."""
    return {key.lower(): key for key in row}


def question(row: JsonObject) -> str | None:
    """The name of the question, None where there is none."""
    known = names(row)
    return next((name for name in _QUESTIONS if name in known), None)


def answer(row: JsonObject) -> str | None:
    """The key of the answer, None where there is none."""
    known = names(row)
    return next((known[name] for name in ANSWERS if name in known), None)


def read(row: JsonObject) -> Asked | None:
    """What a row asks; None where a text is something else."""
    known, name = names(row), question(row)
    if name is None:
        return None
    used = {known[name]}
    text = row[known[name]]
    if not isinstance(text, str):
        return None
    parts = [text]
    if "context" in known and name == "question":
        context = row[known["context"]]
        if not isinstance(context, str):
            return None
        used.add(known["context"])
        parts = [context, "", text] if context else parts
    for extra in _INPUTS.get(name, ()):
        given = row.get(known.get(extra, ""), "")
        if not isinstance(given, str):
            return None
        if extra in known:
            used.add(known[extra])
        parts += [given] if given else []
    system = system_messages(row, used)
    before = _history(row, used)
    if before is None:
        return None
    asked: list[Json] = [message("user", "\n".join(parts))] if any(parts) else []
    return Asked([*system, *before, *asked], used)


def _history(row: JsonObject, used: set[str]) -> list[Json] | None:
    """The rounds before the question: a list of [question, answer]."""
    rounds = row.get("history")
    if "history" not in row:
        return []
    said: list[Json] = []
    for each in rounds if isinstance(rounds, list) else [None] * (rounds is not None):
        match each:
            case [str(asked), str(answered)]:
                said += [message("user", asked), message("assistant", answered)]
            case _:
                return None
    used.add("history")
    return said
