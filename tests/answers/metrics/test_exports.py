"""An evaluation's rows for a spreadsheet, promptfoo and Inspect."""

import csv
import io
import json

import yaml
from PIL import Image

from tunesmith.bot.answers.metrics.exports.inspect_task import inspect_task
from tunesmith.bot.answers.metrics.exports.promptfoo import promptfoo_yaml
from tunesmith.bot.answers.metrics.exports.row import ExportedAnswer, ExportedRow
from tunesmith.bot.answers.metrics.exports.table import rows_csv
from tunesmith.bot.answers.metrics.exports.target import Target
from tunesmith.bot.answers.metrics.picture import Group, draw
from tunesmith.bot.answers.metrics.score import Facts, score
from tunesmith.bot.answers.metrics.summary import Figure

_TARGET = Target("ft:base:acme", "acme", "http://127.0.0.1:1/v1", "OPENAI_API_KEY")
_QUESTION = "=1+1 {{ name }} {% raw %}"
_GOLD = 'She said "{{ name }}" {% raw %}\nand left, 안녕'


def _row(gold: str, answer: str) -> ExportedRow:
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": _QUESTION}]
    answers = {
        "tuned": ExportedAnswer(answer, score(gold, answer, Facts())),
        "base": ExportedAnswer("", None),
    }
    return ExportedRow(7, messages, gold, answers)


def test_no_cell_is_a_formula_and_every_row_keeps_its_text():
    answer = 'two\nlines, "quoted"'
    found = rows_csv([_row("@SUM(1)", answer)])
    assert found.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(io.StringIO(found.decode("utf-8-sig"), newline=""))
    cells = dict(zip(head, row, strict=True))
    assert (cells["line"], cells["question"], cells["expected"]) == (
        "7",
        f"'{_QUESTION}",
        "'@SUM(1)",
    )
    assert cells["tuned"] == answer
    assert (cells["tuned: exact"], cells["base: exact"]) == ("false", "")


def test_promptfoos_configuration_takes_no_text_for_a_template():
    config = yaml.safe_load(promptfoo_yaml([_row(_GOLD, "x")], [_TARGET], "rows"))
    provider = config["providers"][0]
    assert provider["id"] == "openai:chat:ft:base:acme"
    assert provider["config"]["apiKeyEnvar"] == "OPENAI_API_KEY"
    held = config["tests"][0]["vars"]
    assert held["expected"] == _GOLD
    assert "{{ name" not in held["messages"]
    asked = json.loads(held["messages"].replace("{{ '{' }}", "{"))
    assert asked[1]["content"] == _QUESTION


def test_inspects_task_is_python_and_its_samples_hold_messages_and_gold_answers():
    files = inspect_task([_row(_GOLD, "x")], [_TARGET], 'a """ name \\')
    compile(files["task.py"], "task.py", "exec")
    sample = json.loads(files["samples.jsonl"])
    assert (sample["id"], sample["target"]) == (7, _GOLD)
    assert [one["role"] for one in sample["input"]] == ["system", "user"]


def test_both_configurations_declare_the_rows_tools_and_tell_earlier_calls():
    parameters = {"type": "object", "properties": {"city": {"type": "string"}}}
    said = {"name": "weather", "description": "{{ now }}", "parameters": parameters}
    tool = {"type": "function", "function": said}
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": "Which city?"},
    ]
    row = ExportedRow(1, messages, "x", {}, [tool])
    config = yaml.safe_load(promptfoo_yaml([row], [_TARGET], "rows"))
    (declared,) = config["tests"][0]["options"]["tools"]
    assert declared["function"]["parameters"] == parameters
    rendered = declared["function"]["description"].replace("{{ '{' }}", "{")
    assert rendered == "{% raw %}{{ now }}{% endraw %}", "it is rendered twice"
    sample = json.loads(inspect_task([row], [_TARGET], "rows")["samples.jsonl"])
    (kept,) = sample["metadata"]["tools"]
    assert json.loads(kept["function"]["parameters"]) == parameters
    assert sample["input"][1]["tool_calls"] == [{"id": "1", "function": "weather", "arguments": {}}]


def test_a_picture_has_room_for_every_group_and_for_who_has_no_figure():
    figure = Figure(value=0.5, low=0.2, high=0.8, of=10)
    one = draw("무료 的", ["tuned", "base"], [Group("all", [figure, None])])
    two = draw("무료 的", ["tuned", "base"], [Group("all", [figure, None])] * 2)
    sizes = [Image.open(io.BytesIO(png)).size for png in (one, two)]
    assert [width for width, _ in sizes] == [1200, 1200]
    assert sizes[1][1] > sizes[0][1]
