"""What a model was asked and what it answered, as messages of a chat example."""

from dataclasses import replace
from typing import NamedTuple

from tunesmith.bot.answers.model import from_ref
from tunesmith.bot.answers.parts import turns_before
from tunesmith.bot.answers.prompt import Trained, Turn, build
from tunesmith.bot.answers.trained import trained
from tunesmith.bot.datasets.findings import Json, JsonObject
from tunesmith.bot.services import Services
from tunesmith.storage import answers
from tunesmith.storage.answers import Answer


class AskedWith(NamedTuple):
    """The messages that a model was asked with, and the tools that it was given."""

    messages: list[JsonObject]
    tools: list[JsonObject] | None


async def asked_with(services: Services, answer: Answer) -> AskedWith:
    """What the question of an answer was asked with, and the conversation before it.

    Where a model continued a text, it is written as a chat all the same.
    """
    model = await from_ref(services, answer.model_ref) if answer.model_ref else None
    known = await trained(services, model) if model else Trained()
    prompt = build(
        replace(known, style=None),
        answer.question or "",
        history=await _before(services, answer),
        system=(answer.settings or {}).get("system"),
    )
    return AskedWith([dict(one) for one in prompt.messages], [*map(dict, prompt.tools)] or None)


async def _before(services: Services, answer: Answer) -> list[Turn]:
    if answer.conversation is None:
        return []
    async with services.database.read() as connection:
        found = await answers.of_conversation(connection, answer.conversation)
    return turns_before(found, answer.key)


def rejected(answer: Answer) -> JsonObject:
    """What the model answered, without the space that completions begin with."""
    text = answer.text.removeprefix(" ")
    if not answer.tool_calls:
        return {"role": "assistant", "content": text}
    calls: list[Json] = [
        {
            "id": call["id"],
            "type": "function",
            "function": {"name": call["name"], "arguments": call["arguments"]},
        }
        for call in answer.tool_calls
    ]
    said: JsonObject = {"content": text} if text else {}
    return {"role": "assistant", **said, "tool_calls": calls}
