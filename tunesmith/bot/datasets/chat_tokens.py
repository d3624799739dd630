"""The tokens of a chat example beyond its texts: message frames, names, tools, images.

Source: OpenAI's cookbook, "How to count tokens with tiktoken" (sections 6 and 7, the figures for
gpt-4o and gpt-4o-mini), and its guide "Images and vision", "Calculating costs" (gpt-4o).
"""

import math

from tunesmith.bot.datasets import images
from tunesmith.bot.datasets.findings import Json, JsonObject

PER_EXAMPLE = 3
# Three for the frame and one for the role, each of which is a single token.
PER_MESSAGE = 4
PER_NAME = 1

_TOOL_START = 7
_TOOLS_END = 12
_PROPERTIES = 3
_PROPERTY = 3
_ENUM = -3
_ENUM_ITEM = 3

_IMAGE_BASE = 85
_IMAGE_TILE = 170


def tool_texts(tools: Json) -> tuple[int, list[str]]:
    """What declared tools cost: tokens that are always there, and texts to count."""
    fixed, texts = 0, list[str]()
    for tool in tools if isinstance(tools, list) else []:
        function = tool.get("function", tool) if isinstance(tool, dict) else None
        if not isinstance(function, dict):
            continue
        description = str(function.get("description") or "").removesuffix(".")
        texts.append(f"{function.get('name')}:{description}")
        fixed += _TOOL_START + _property_tokens(function.get("parameters"), texts)
    return (fixed + _TOOLS_END if texts else 0), texts


def _property_tokens(schema: Json, texts: list[str]) -> int:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or not properties:
        return 0
    fixed = _PROPERTIES
    for name, value in properties.items():
        fixed += _PROPERTY
        if not isinstance(value, dict):
            continue
        if isinstance(items := value.get("enum"), list):
            fixed += _ENUM + _ENUM_ITEM * len(items)
            texts += [str(item) for item in items]
        description = str(value.get("description") or "").removesuffix(".")
        texts.append(f"{name}:{value.get('type') or ''}:{description}")
        fixed += _property_tokens(value, texts) + _property_tokens(value.get("items"), texts)
    return fixed


def image_tokens(part: JsonObject) -> int:
    """What an image part costs; 0 where its size is behind an address."""
    url, detail = images.image_url(part)
    if detail == "low":
        return _IMAGE_BASE
    image = images.read_head(url)
    if image is None:
        return 0
    width, height = image.size
    fit = min(1, 2048 / max(width, height, 1))
    width, height = width * fit, height * fit
    fit = min(1, 768 / max(min(width, height), 1))
    tiles = math.ceil(width * fit / 512) * math.ceil(height * fit / 512)
    return _IMAGE_BASE + _IMAGE_TILE * tiles
