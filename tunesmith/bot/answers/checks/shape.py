"""The shape that JSON values have in common, as a JSON Schema."""

from collections import Counter
from typing import Any

from tunesmith.bot.datasets.findings import Json

# An object with more keys is a table by key, not one shape.
_MOST_KEYS = 100
_DEEPEST = 8
_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


class Shape:
    """What values have in common: their types, the keys of objects, what stands in lists."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._types: Counter[str] = Counter()
        self._keys: dict[str, Shape] = {}
        self._items: Shape | None = None
        self._is_open = depth > _DEEPEST

    def add(self, value: Json) -> None:
        """Take in one more value."""
        self._types[_TYPES[type(value)]] += 1
        if self._is_open:
            return
        if isinstance(value, dict):
            for key, inner in value.items():
                self._keys.setdefault(key, Shape(self._depth + 1)).add(inner)
            if len(self._keys) > _MOST_KEYS:
                self._is_open, self._keys = True, {}
        elif isinstance(value, list):
            self._items = self._items or Shape(self._depth + 1)
            for inner in value:
                self._items.add(inner)

    @property
    def is_one(self) -> bool:
        """Whether all values are objects that have at least one key in common."""
        objects = self._types["object"]
        return objects == self._types.total() and any(
            key.count == objects for key in self._keys.values()
        )

    @property
    def count(self) -> int:
        """How many values there were."""
        return self._types.total()

    def schema(self) -> dict[str, Any]:
        """A JSON Schema that all of the values fit; a key is required that all objects have."""
        types = [one for one in self._types if one != "integer" or "number" not in self._types]
        schema: dict[str, Any] = {"type": types}
        if self._keys:
            objects = self._types["object"]
            schema["properties"] = {key: one.schema() for key, one in self._keys.items()}
            schema["required"] = [key for key, one in self._keys.items() if one.count == objects]
            schema["additionalProperties"] = False
        if self._items is not None and self._items.count:
            schema["items"] = self._items.schema()
        return schema
