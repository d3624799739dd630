"""Messages with `<image>` in their texts, and the pictures in a list beside them.

As in LLaMA-Factory's data/README.md and ms-swift: each mark stands for the next picture. A picture
on somebody's disk stays what it is, a path, for the finding that says that nobody else can read it.
"""

import re

from tunesmith.bot.datasets.conversion.shapes.shape import Shape, with_rest
from tunesmith.bot.datasets.findings import Json, JsonObject

_MARK = re.compile("(<image>)")


def recognise(row: JsonObject) -> bool:
    """As many marks in the texts of users as there are pictures."""
    pictures, said = row.get("images"), row.get("messages")
    if not isinstance(pictures, list) or not pictures or not isinstance(said, list):
        return False
    marks = sum(len(_MARK.findall(text)) for each in said if (text := _asked(each)) is not None)
    return marks == len(pictures) and all(isinstance(each, str) for each in pictures)


def _asked(said: Json) -> str | None:
    """The text of a user's message."""
    if not isinstance(said, dict) or said.get("role") != "user":
        return None
    content = said.get("content")
    return content if isinstance(content, str) else None


def convert(row: JsonObject) -> JsonObject | None:
    """Each picture where its mark stands."""
    pictures, said = row["images"], row["messages"]
    if not isinstance(pictures, list) or not isinstance(said, list):
        return None
    left = iter(pictures)
    shown: list[Json] = []
    for each in said:
        text = _asked(each)
        if text is None or not isinstance(each, dict) or not _MARK.search(text):
            shown.append(each)
            continue
        parts: list[Json] = [
            {"type": "image_url", "image_url": {"url": next(left)}}
            if piece == "<image>"
            else {"type": "text", "text": piece}
            for piece in _MARK.split(text)
            if piece
        ]
        shown.append({**each, "content": parts})
    return with_rest({"messages": shown}, row, {"messages", "images"})


SHAPE = Shape(
    "images_beside_messages",
    recognise,
    convert,
    (
        {
            "messages": [
                {"role": "user", "content": "<image>Who is this?"},
                {"role": "assistant", "content": "A cat."},
            ],
            "images": ["https://example.com/cat.png"],
        },
        {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "image_url",
                            "image_url": {"url": "https://example.com/cat.png"},
                        },
                        {"type": "text", "text": "Who is this?"},
                    ],
                },
                {"role": "assistant", "content": "A cat."},
            ]
        },
    ),
)
