"""Generated examples of every format, right and wrong, for property tests."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as some

FEW = settings(max_examples=100)

TEXTS = some.text(
    some.sampled_from("aAbBéÉ가한你好 \n\t.,!?;:'\"()-+*/=12345６😀Σß\u200b\u3000，？"), max_size=12
)


def _collected(inner: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    keys = some.sampled_from(["id", "a", "url", "role"])
    return some.one_of(some.lists(inner, max_size=3), some.dictionaries(keys, inner, max_size=3))


def _part(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, kind: value}


def _plain(said: list[tuple[str, str]]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in said]}


JSON: some.SearchStrategy[Any] = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(-9, 9), TEXTS), _collected, max_leaves=6
)
_PARTS: some.SearchStrategy[Any] = some.lists(
    some.one_of(
        some.builds(_part, some.sampled_from(["text", "refusal"]), TEXTS),
        some.builds(
            _part, some.just("image_url"), some.fixed_dictionaries({"url": TEXTS, "detail": JSON})
        ),
    ),
    max_size=3,
)
_CALLS: some.SearchStrategy[Any] = some.lists(
    some.fixed_dictionaries(
        {"id": TEXTS, "function": some.one_of(JSON, some.just({"name": "f", "arguments": "{}"}))}
    ),
    max_size=2,
)
_MORE: dict[str, some.SearchStrategy[Any]] = {
    "content": some.one_of(TEXTS, _PARTS, JSON),
    "name": JSON,
    "weight": some.sampled_from([0, 1, 0.5]),
    "refusal": JSON,
    "function_call": JSON,
    "tool_call_id": TEXTS,
    "tool_calls": _CALLS,
    "metadata": JSON,
}
_MESSAGES: some.SearchStrategy[Any] = some.fixed_dictionaries(
    {"role": some.sampled_from(["system", "user", "assistant", "tool", "odd", 3])}, optional=_MORE
)
_LISTS: some.SearchStrategy[Any] = some.lists(some.one_of(_MESSAGES, _MESSAGES, JSON), max_size=4)
_CHATS: some.SearchStrategy[dict[str, Any]] = some.fixed_dictionaries(
    {"messages": _LISTS}, optional={"tools": JSON, "note": JSON}
)
_PREFERENCES: some.SearchStrategy[dict[str, Any]] = some.fixed_dictionaries(
    {"input": _CHATS, "preferred_output": _LISTS, "non_preferred_output": _LISTS}
)
_PAIRS: some.SearchStrategy[dict[str, Any]] = some.fixed_dictionaries(
    {"prompt": TEXTS, "Completion": TEXTS}, optional={"note": JSON}
)
_UNKNOWN = some.dictionaries(some.sampled_from(["text", "id", "a"]), JSON, max_size=3)
EXAMPLES: some.SearchStrategy[dict[str, Any]] = some.one_of(_CHATS, _PREFERENCES, _PAIRS, _UNKNOWN)
PLAIN: some.SearchStrategy[dict[str, Any]] = some.builds(
    _plain,
    some.lists(some.tuples(some.sampled_from(["system", "user", "assistant"]), TEXTS), max_size=5),
)


def shuffled(value: Any) -> Any:
    """The same JSON, its keys the other way round."""
    match value:
        case [*items]:
            return [shuffled(item) for item in items]
        case {**entries}:
            return {key: shuffled(entries[key]) for key in reversed(entries)}
        case _:
            return value
