"""JSON answers and tool calls are held against what the model was trained on."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.answers.conftest import Reply, Shop
from tests.support.slice import chat_line
from tunesmith.bot.answers.checks.expected import kept_expected, read_expected
from tunesmith.bot.answers.checks.json_answer import json_problems
from tunesmith.bot.answers.checks.tool_calls import call_problems
from tunesmith.bot.messages import text_for
from tunesmith.storage.tables import datasets

_LABELS: list[dict[str, Any]] = [
    {"intent": "open", "score": 1, "slots": {"day": "Mon"}, "tags": ["a"]},
    {"intent": "price", "score": 0.5, "slots": {"day": None, "item": "tea"}, "tags": []},
]
_TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                "required": ["city"],
                "additionalProperties": False,
            },
        },
    }
]


def _file(folder: Path, answers: list[str]) -> Path:
    path = folder / "train.jsonl"
    rows = [chat_line(f"Question {number}?", answer) for number, answer in enumerate(answers)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _schema(folder: Path, values: list[Any]) -> dict[str, Any] | None:
    file = _file(folder, [json.dumps(value, ensure_ascii=False) for value in values])
    return read_expected(file, folder / "kept.json").json_schema


def _told(answer: str, schema: dict[str, Any]) -> list[str]:
    return list(map(text_for("en"), json_problems(answer, schema)))


def test_every_answer_of_the_training_file_fits_the_shape_that_is_read_from_them(
    tmp_path: Path,
) -> None:
    schema = _schema(tmp_path, _LABELS * 6)
    assert schema is not None
    for value in _LABELS:
        assert json_problems(json.dumps(value), schema) == []
        assert json_problems(f"```json\n{json.dumps(value)}\n```", schema) == []
    kept = kept_expected(tmp_path / "kept.json")
    assert kept is not None
    assert (kept.answers, kept.json_schema) == (12, schema)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"intent": 7}, '"intent" must be of the type string'),
        ({"slots": {"day": "Mon", "hour": 7}}, '"hour" is in none of them'),
        ({"slots": {}}, '"slots" lacks "day"'),
        ({"tags": ["a", 1]}, '"tags.1" must be of the type string'),
        ({"colour": "red"}, '"colour" is in none of them'),
        ({"intent": ...}, '"intent" is missing'),
    ],
)
def test_what_differs_from_the_shape_is_told_by_its_key(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    schema = _schema(tmp_path, _LABELS * 6)
    assert schema is not None
    answer = {**_LABELS[0], **changed}
    written = json.dumps({key: value for key, value in answer.items() if value is not ...})
    assert _told(written, schema) == [told]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("At seven.", "it can't be read as JSON"),
        ('{"intent": "open"', "it can't be read as JSON"),
        ("[1]", "it is no JSON object"),
    ],
)
def test_what_is_no_json_object_is_told_as_such(tmp_path: Path, answer: str, told: str) -> None:
    schema = _schema(tmp_path, _LABELS * 6)
    assert schema is not None
    assert _told(answer, schema) == [told]


@pytest.mark.parametrize(
    "values",
    [
        _LABELS,
        [*_LABELS * 6, "text"],
        [*_LABELS * 6, [1]],
        [{f"key{number}": 1} for number in range(12)],
        [{"all": 1, f"key{number}": 1} for number in range(120)],
    ],
    ids=["few", "one text", "one list", "no key in common", "keys without end"],
)
def test_without_one_shape_of_all_answers_nothing_is_expected(
    tmp_path: Path, values: list[Any]
) -> None:
    assert _schema(tmp_path, values) is None


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("get_weather", '{"city": "Seoul", "days": 2}', ""),
        ("get_wether", '{"city": "Seoul"}', 'No tool "get_wether" is declared; the closest is'),
        ("pay", "{}", 'No tool "pay" is declared.'),
        ("get_weather", "{}", 'lacks required arguments: "city"'),
        ("get_weather", '{"city": 7}', '"city" must be of the type string'),
        ("get_weather", '{"city": "Seoul", "unit": "C"}', 'not declared: "unit"'),
        ("get_weather", '{"city": "Se', "are not a JSON object"),
    ],
)
def test_a_call_is_held_against_the_declared_tools(name: str, arguments: str, told: str) -> None:
    problems = call_problems([{"id": "c", "name": name, "arguments": arguments}], _TOOLS)
    said = " ".join(map(text_for("en"), problems))
    assert told in said
    assert bool(told) == bool(said)


@pytest.mark.databases("sqlite")
async def test_under_a_json_answer_stands_what_is_expected_and_from_how_many_rows(
    shop: Shop,
) -> None:
    settings, database = shop.context.services.settings, shop.context.services.database
    settings.files.mkdir(parents=True, exist_ok=True)
    file = _file(settings.files, [json.dumps(value) for value in _LABELS * 6])
    async with database.write() as connection:
        await connection.execute(update(datasets).values(sha256=file.name))
    fits, differs = json.dumps(_LABELS[0]), json.dumps({**_LABELS[0], "score": "high"})
    shop.model.replies += [Reply([fits]), Reply([differs]), Reply([differs], finish="length")]
    async with shop.context.services.processes, shop.bot():
        first = await shop.answers(await shop.ask("One?"))
        second = await shop.answers(await shop.ask("Two?"))
        third = await shop.answers(await shop.ask("Three?"))
    assert "those of all 12 answers in the training data" in str(first[0]["blocks"])
    assert "must be of the type" in str(second[0]["blocks"])
    assert "Checked as JSON" not in str(third[0]["blocks"]), "it was cut"
