"""TRL's preference: `prompt`, `chosen` and `rejected`, as texts or as messages.

As in TRL's docs/source/dataset_formats.md. Where no prompt is given, or the two lists repeat it,
it is what they begin with in common. Also with a question as Alpaca writes it, and the two answers
as turns of ShareGPT.
"""

from itertools import takewhile

from tunesmith.bot.datasets.conversion.shapes import question
from tunesmith.bot.datasets.conversion.shapes.messages import answers, as_messages
from tunesmith.bot.datasets.conversion.shapes.shape import (
    Calls,
    Shape,
    system_messages,
    tools,
    with_rest,
)
from tunesmith.bot.datasets.findings import Json, JsonObject

_SIDES = (("chosen", "rejected"), ("chosen_messages", "rejected_messages"))


def recognise(row: JsonObject) -> bool:
    """Two answers."""
    return _sides(row) is not None and "preferred_output" not in row


def _sides(row: JsonObject) -> tuple[str, str] | None:
    for better, worse in _SIDES:
        if better in row and worse in row:
            return better, worse
    return None


def convert(row: JsonObject) -> JsonObject | None:
    """An example of OpenAI's preference format."""
    keys, calls = _sides(row), Calls()
    asked = _asked(row, calls)
    if keys is None or asked is None:
        return None
    better, worse = (answers(row[key], calls) for key in keys)
    if not better or not worse:
        return None
    before = asked.messages
    start = _prompt_length(before, better, worse)
    if start:
        before, better, worse = better[:start], better[start:], worse[start:]
    elif not before and isinstance(row[keys[0]], str):
        return None  # where in a text the question ends, nobody can tell
    used = {*asked.used, *keys}
    given: JsonObject = {"messages": before, **tools(row, used)}
    outputs: JsonObject = {"preferred_output": better, "non_preferred_output": worse}
    return with_rest({"input": given, **outputs}, row, used)


def _asked(row: JsonObject, calls: Calls) -> question.Asked | None:
    """What is asked beside the answers; no messages where they hold it."""
    for key in ("conversations", "conversation", "prompt"):
        if isinstance(row.get(key), list | dict):
            used = {key}
            said = as_messages(row[key], calls)
            before = system_messages(row, used)
            return None if said is None else question.Asked([*before, *said], used)
    return question.read(row) if question.question(row) else question.Asked([], set())


def _prompt_length(asked: list[Json], better: list[Json], worse: list[Json]) -> int:
    """How many messages both answers begin with that are the prompt."""
    pairs = zip(better[:-1], worse[:-1], strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    if all(message in better[:shared] for message in asked):
        return shared
    return 0


SHAPE = Shape(
    "preference",
    recognise,
    convert,
    (
        {"prompt": "Where is Busan?", "chosen": "In Korea.", "rejected": "Somewhere."},
        {
            "input": {"messages": [{"role": "user", "content": "Where is Busan?"}]},
            "preferred_output": [{"role": "assistant", "content": "In Korea."}],
            "non_preferred_output": [{"role": "assistant", "content": "Somewhere."}],
        },
    ),
)
