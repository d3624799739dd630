"""What the samples of several rules are made of."""

from tunesmith.bot.datasets.findings import Json, JsonObject

GOOD_LINE = (
    b'{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}'
)
QUESTION: JsonObject = {"role": "user", "content": "What is the weather in Seoul?"}
ANSWER: JsonObject = {"role": "assistant", "content": "It is 18 degrees in Seoul."}
WEATHER: JsonObject = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather now.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
# Eight by eight pixels.
PNG = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAADElEQVR4nGNgGB4AAADIAAGt"
    "QHYiAAAAAElFTkSuQmCC"
)


def call(
    arguments: Json = '{"city": "Seoul"}', name: Json = "get_weather", call_id: str = "call_1"
) -> JsonObject:
    """A tool call."""
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(
    *calls: Json, answers: tuple[str, ...] = ("call_1",), tools: Json = None, **more: Json
) -> JsonObject:
    """An example in which the assistant calls, is answered, and says something."""
    answered: list[Json] = [
        {"role": "tool", "content": "18 degrees", "tool_call_id": call_id} for call_id in answers
    ]
    asked: JsonObject = {"role": "assistant", "content": None, "tool_calls": list(calls)}
    messages: list[Json] = [QUESTION, asked, *answered, ANSWER]
    return {"messages": messages, "tools": [WEATHER] if tools is None else tools, **more}


def seeing(*urls: str, role: str = "user") -> JsonObject:
    """A message with images."""
    parts: list[Json] = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    return {"role": role, "content": parts}
