"""What the cookbook's script finds, we find."""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.datasets.files import look

_ROLES = some.sampled_from(["system", "user", "assistant", "function", "User", "bot", "", None, 3])
_CONTENTS = some.sampled_from(["Hello.", "Paris", "", None, 7, "안녕하세요", True])


@some.composite
def _messages(draw: some.DrawFn) -> dict[str, Any]:
    """A message as the cookbook knows it, right or wrong.

    Left out is what it refuses and the API accepts: no content beside a function call, the tool
    role, tool calls.
    """
    said: dict[str, Any] = {}
    if draw(some.integers(0, 9)):
        said["role"] = draw(_ROLES)
    if draw(some.integers(0, 9)):
        said["content"] = draw(_CONTENTS)
    extra = draw(some.integers(0, 12))
    if extra == 1:
        said["topic"] = "rivers"
    elif extra == 2:
        said["name"] = "Marv"
    elif extra == 3:
        said["weight"] = 1
    elif extra == 4 and isinstance(said.get("content"), str):
        said["function_call"] = {"name": "f", "arguments": "{}"}
    return said


def _example(messages: list[dict[str, Any]]) -> Any:
    return {"messages": messages}


_EXAMPLES: some.SearchStrategy[Any] = some.one_of(
    some.builds(_example, some.lists(_messages(), max_size=5)),
    some.builds(_example, some.lists(_messages(), min_size=1, max_size=3)),
    some.sampled_from([{}, {"messages": None}, [], "text", 3, None, True]),
)


def _cookbook(dataset: list[Any]) -> Counter[str]:
    """The format checks of OpenAI's "Data preparation and analysis", in our own words."""
    errors: Counter[str] = Counter()
    for example in dataset:
        if not isinstance(example, dict):
            errors["data_type"] += 1
        elif not (messages := cast("dict[str, Any]", example).get("messages")):
            errors["missing_messages_list"] += 1
        else:
            errors += _cookbook_messages(messages)
    return errors


def _cookbook_messages(messages: list[dict[str, Any]]) -> Counter[str]:
    errors: Counter[str] = Counter()
    for said in messages:
        content, called = said.get("content"), said.get("function_call")
        errors["message_missing_key"] += "role" not in said or "content" not in said
        errors["message_unrecognized_key"] += bool(
            set(said) - {"role", "content", "name", "function_call", "weight"}
        )
        errors["unrecognized_role"] += said.get("role") not in (
            "system",
            "user",
            "assistant",
            "function",
        )
        errors["missing_content"] += (not content and not called) or not isinstance(content, str)
    if all(said.get("role") != "assistant" for said in messages):
        errors["example_missing_assistant_message"] += 1
    return +errors


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(dataset=some.lists(_EXAMPLES, min_size=2, max_size=8))
def test_what_the_cookbook_finds_is_found_here_by_the_same_name(dataset: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.jsonl"
        path.write_text("".join(json.dumps(example) + "\n" for example in dataset))
        report = look(path)
    expected = set(_cookbook(dataset))
    if "message_missing_key" in report.counts:
        # The cookbook counts a missing role as unrecognized too, and a missing content twice.
        expected -= {"unrecognized_role", "missing_content"}
    if "unknown_format" in report.counts:
        # Said once for the file, where no line has messages.
        expected -= {"missing_messages_list"}
    assert expected <= set(report.counts)
    assert not (expected and report.valid)
