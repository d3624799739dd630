"""Calls, refusals, names, tools and metadata are counted and searched as texts are."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.datasets.defects import image
from tests.datasets.files import (
    chat,
    look,
    message,
    of_code,
    pair,
    preference,
    question,
    reinforcement,
    write,
)
from tunesmith.bot.datasets import tokens
from tunesmith.bot.datasets.checks.samples import WEATHER, call
from tunesmith.bot.datasets.example import to_example
from tunesmith.bot.datasets.example_batch import ExampleBatch
from tunesmith.bot.datasets.formats import Format

_SECRET = "sk-proj-" + "aB3dE6gH9jK2" * 4


def _calling(arguments: str = '{"city": "Seoul"}', call_id: str = "call_1") -> dict[str, Any]:
    """A question that is answered by a call alone, in a message without content."""
    asked: dict[str, Any] = {"role": "assistant", "tool_calls": [call(arguments, call_id=call_id)]}
    return chat(0, message("user", question(1)), asked, tools=[WEATHER])


def test_a_call_without_content_is_counted(tmp_path: Path) -> None:
    with_content = _calling()
    with_content["messages"][1]["content"] = None
    one = look(write(tmp_path / "one.jsonl", [_calling()])).tokens
    assert one == look(write(tmp_path / "two.jsonl", [with_content])).tokens
    assert one.assistant == sum(tokens.count(["get_weather", '{"city": "Seoul"}'], "o200k_base"))


@pytest.mark.parametrize(
    "said",
    [
        {"refusal": "I cannot do that."},
        {"content": [{"type": "refusal", "refusal": "I cannot do that."}]},
        {"function_call": {"name": "I cannot", "arguments": " do that."}},
    ],
)
def test_what_an_answer_says_beside_its_content_is_counted(
    said: dict[str, Any], tmp_path: Path
) -> None:
    example = chat(0, message("user", "q"), {"role": "assistant", **said})
    report = look(write(tmp_path / "a.jsonl", [example]))
    assert report.tokens.assistant == 5


@pytest.mark.parametrize(
    ("path", "example"),
    [
        (
            "messages[1].tool_calls[0].function.arguments",
            _calling(json.dumps({"city": _SECRET})),
        ),
        (
            "messages[1].function_call.arguments",
            chat(
                0,
                message("user", "q"),
                {"role": "assistant", "function_call": {"name": "f", "arguments": _SECRET}},
            ),
        ),
        (
            "messages[1].refusal",
            chat(0, message("user", "q"), {"role": "assistant", "refusal": f"No {_SECRET}"}),
        ),
        (
            "messages[0].content[0].image_url.url",
            chat(
                0,
                message(
                    "user",
                    [
                        {
                            "type": "image_url",
                            "image_url": {"url": f"https://example.com/a.png?key={_SECRET}"},
                        }
                    ],
                ),
                message("assistant", "a"),
            ),
        ),
        (
            "messages[0].name",
            chat(0, message("user", "q", name=_SECRET), message("assistant", "a")),
        ),
        ("messages[0].note.by[0]", chat(0, message("user", "q", note={"by": [_SECRET]}))),
        (
            "tools[0].function.parameters.properties.city.enum[0]",
            chat(
                1,
                tools=[
                    {
                        "type": "function",
                        "function": {
                            "name": "f",
                            "parameters": {
                                "type": "object",
                                "properties": {"city": {"type": "string", "enum": [_SECRET]}},
                            },
                        },
                    }
                ],
            ),
        ),
        ("metadata.key", chat(1, metadata={"key": _SECRET})),
        ("note", pair("q ->", " a") | {"note": _SECRET}),
        (
            "input.tools[0].description",
            preference(input={"messages": [], "tools": [{"description": _SECRET}]}),
        ),
        ("grader.key", reinforcement(1, grader={"key": _SECRET})),
        ("text", {"text": _SECRET}),
    ],
)
def test_a_secret_is_found_wherever_it_stands(
    path: str, example: dict[str, Any], tmp_path: Path
) -> None:
    report = look(write(tmp_path / "train.jsonl", [example]))
    assert [found.path for found in of_code(report, "secret")] == [path]


def test_the_letters_of_an_image_are_not_searched_but_what_stands_behind_them_is() -> None:
    def searched(url: str) -> list[str]:
        part = {"type": "image_url", "image_url": {"url": url}}
        example = chat(0, message("user", [part]), message("assistant", "a"))
        return ExampleBatch([to_example(example, Format.CHAT, 0)]).texts

    assert "data:image/png;base64," in searched(image())
    assert f"{image()} {_SECRET}" in searched(f"{image()} {_SECRET}")
    assert "data:text/plain,a" in searched("data:text/plain,a")
