"""Gemini's and Vertex AI's tuning rows: `contents` of parts, and `systemInstruction`.

As in Google's "Prepare supervised fine-tuning data for Gemini models". Function calls have no ids
there, and the types in declarations are in capital letters; here they are in small ones, as JSON
Schema has them.
"""

from tunesmith.bot.datasets.conversion import exact
from tunesmith.bot.datasets.conversion.shapes.shape import Calls, Shape, message, with_rest
from tunesmith.bot.datasets.findings import Json, JsonObject

_SYSTEM = ("systemInstruction", "system_instruction")
_ROLES = {"user": "user", "model": "assistant", "function": "tool"}
_TYPES = frozenset({"ARRAY", "BOOLEAN", "INTEGER", "NUMBER", "OBJECT", "STRING", "NULL"})


def recognise(row: JsonObject) -> bool:
    """A list of contents with parts."""
    contents = row.get("contents")
    return isinstance(contents, list) and any(
        isinstance(each, dict) and isinstance(each.get("parts"), list) for each in contents
    )


def convert(row: JsonObject) -> JsonObject | None:
    """Each content as a message, each answer of a function as one of its own."""
    contents = row["contents"]
    said: list[Json] = []
    calls, used = Calls(), {"contents"}
    for key in _SYSTEM:
        if key in row:
            texts = _texts(row[key])
            if texts is None:
                return None
            used.add(key)
            said.append(message("system", texts))
    for content in contents if isinstance(contents, list) else []:
        found = _messages(content, calls)
        if found is None:
            return None
        said += found
    declared = _tools(row.get("tools"))
    if declared:
        used.add("tools")
    converted: JsonObject = {"messages": said, **({"tools": declared} if declared else {})}
    return with_rest(converted, row, used)


def _texts(content: Json) -> Json:
    """The content of what holds only texts; None where it holds anything else."""
    parts = content.get("parts") if isinstance(content, dict) else None
    if not isinstance(parts, list) or not parts:
        return None
    texts = [
        part["text"] if isinstance(part, dict) and part.keys() == {"text"} else None
        for part in parts
    ]
    if not all(isinstance(text, str) for text in texts):
        return None
    return texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]


def _messages(content: Json, calls: Calls) -> list[Json] | None:
    if not isinstance(content, dict) or content.keys() - {"role", "parts"}:
        return None
    role = _ROLES.get(str(content.get("role", "user")))
    parts = content.get("parts")
    if role is None or not isinstance(parts, list):
        return None
    answered: list[Json] = []
    called: list[Json] = []
    texts: list[Json] = []
    for part in parts:
        match part:
            case {"text": str(text), **more} if not more:
                texts.append({"type": "text", "text": text})
            case {"functionCall": {"name": str(name), **given}, **more} if not more:
                call = calls.call({"name": name, "arguments": given.pop("args", {}), **given})
                if call is None or role != "assistant":
                    return None
                called.append(call)
            case {"functionResponse": {"name": str(), "response": result}, **more} if not more:
                answered.append(calls.answer(exact.dumps(result).decode()))
            case {"inlineData": {"mimeType": str(kind), "data": str(data)}, **more} if not more:
                url = f"data:{kind};base64,{data}"
                texts.append({"type": "image_url", "image_url": {"url": url}})
            case _:
                return None
    if answered:
        return None if texts or called else answered
    return [_message(role, texts, called)]


def _message(role: str, texts: list[Json], called: list[Json]) -> JsonObject:
    content: Json = texts or None
    match texts:
        case [{"type": "text", "text": text}]:
            content = text
        case _:
            pass
    return message(role, content, **({"tool_calls": called} if called else {}))


def _tools(tools: Json) -> list[Json]:
    """The declared functions as OpenAI writes them; none where something else is declared."""
    declared: list[Json] = []
    for tool in tools if isinstance(tools, list) else []:
        match tool:
            case {"functionDeclarations": list(functions), **more} if not more:
                declared += [{"type": "function", "function": _schema(one)} for one in functions]
            case _:
                return []
    return declared


def _schema(value: Json) -> Json:
    """A declaration with its types in small letters."""
    if isinstance(value, list):
        return [_schema(item) for item in value]
    if isinstance(value, dict):
        return {
            key: item.lower()
            if key == "type" and isinstance(item, str) and item in _TYPES
            else _schema(item)
            for key, item in value.items()
        }
    return value


SHAPE = Shape(
    "gemini",
    recognise,
    convert,
    (
        {
            "systemInstruction": {"role": "system", "parts": [{"text": "Be short."}]},
            "contents": [
                {"role": "user", "parts": [{"text": "Where is Busan?"}]},
                {"role": "model", "parts": [{"text": "In Korea."}]},
            ],
        },
        {
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "Where is Busan?"},
                {"role": "assistant", "content": "In Korea."},
            ]
        },
    ),
)
