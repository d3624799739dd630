"""An evaluation as a task of Inspect (inspect.aisi.org.uk): task.py and its data set."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from tunesmith.bot.answers.metrics.exports.row import ExportedRow
from tunesmith.bot.answers.metrics.exports.target import Target

_TASK = '''"""{title}

Run it with `pip install inspect-ai openai`, then:

{commands}
"""

import json
import unicodedata
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Score, accuracy, scorer, stderr
from inspect_ai.solver import generate, solver
from inspect_ai.tool import ToolDef, ToolParams


@solver
def declare_tools():
    """Each sample declares its own tools. None is ever run: what a model calls is its answer."""

    async def never(**arguments):
        raise RuntimeError("tools are declared here, not run")

    async def solve(state, generate):
        for tool in state.metadata["tools"]:
            said = tool["function"]
            # Inspect wants a description of every tool and parameter.
            shape = json.loads(said["parameters"])
            for name, one in shape.get("properties", {{}}).items():
                one.setdefault("description", name)
            parameters = ToolParams(**shape)
            description = said["description"] or said["name"]
            declared = ToolDef(
                never, name=said["name"], description=description, parameters=parameters
            )
            state.tools.append(declared.as_tool())
        return state

    return solve


@scorer(metrics=[accuracy(), stderr()])
def exact_match():
    """The answer is the gold answer but for white space and Unicode spelling; calls are the same
    but for the order of their arguments."""

    async def score(state, target):
        same = answered(state.output.message) == plain(target.text)
        return Score(value=CORRECT if same else INCORRECT, answer=state.output.completion)

    return score


def answered(message):
    if not message.tool_calls:
        return plain(message.text)
    calls = [{{"name": one.function, "arguments": one.arguments}} for one in message.tool_calls]
    return plain(canonical([message.text, {{"calls": calls}}]))


def plain(text):
    if text.startswith("["):
        try:
            text = canonical(json.loads(text))
        except ValueError:
            pass
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


@task
def evaluation():
    return Task(
        dataset=json_dataset(str(Path(__file__).with_name("samples.jsonl"))),
        solver=[declare_tools(), generate(tool_calls="none")],
        scorer=exact_match(),
        config=GenerateConfig(temperature=0),
    )
'''
_COMMAND = (
    "    OPENAI_API_KEY=${key} OPENAI_BASE_URL={base_url} \\\n"
    "        inspect eval task.py --model openai/{model} -M responses_api=false"
)


def inspect_task(
    rows: Sequence[ExportedRow], targets: Sequence[Target], name: str
) -> dict[str, bytes]:
    """The task's files by name. The key is read from the environment."""
    commands = "\n".join(
        _COMMAND.format(key=one.key_variable, base_url=one.base_url, model=one.model)
        for one in targets
    )
    task = _TASK.format(title=_in_docstring(name), commands=_in_docstring(commands))
    samples = b"".join(orjson.dumps(_sample(row)) + b"\n" for row in rows)
    return {"task.py": task.encode(), "samples.jsonl": samples}


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")


def _sample(row: ExportedRow) -> dict[str, Any]:
    scores = [answer.score for answer in row.answers.values() if answer.score]
    return {
        "id": row.line,
        "input": [_message(dict(one)) for one in row.messages],
        "target": row.gold,
        "metadata": {
            "intent": scores[0].intent.value if scores else "",
            "tools": [_tool(tool) for tool in row.tools],
        },
    }


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A declaration with its parameters as text: Inspect takes objects in metadata apart."""
    function: dict[str, Any] = tool.get("function") or {}
    parameters: dict[str, Any] = function.get("parameters") or {"type": "object", "properties": {}}
    said: dict[str, Any] = {name: function.get(name) for name in ("name", "description")}
    return {"function": said | {"parameters": orjson.dumps(parameters).decode()}}


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """A message in Inspect's form, which has the calls of tools without `function` around them."""
    calls: list[dict[str, Any]] = []
    given: list[dict[str, Any]] = message.get("tool_calls") or []
    for call in given:
        said: dict[str, Any] = call.get("function") or {}
        try:
            arguments = orjson.loads(said.get("arguments") or "{}")
        except orjson.JSONDecodeError:
            arguments = {}
        calls.append({"id": call.get("id"), "function": said.get("name"), "arguments": arguments})
    if calls:
        return message | {"content": message.get("content") or "", "tool_calls": calls}
    return message
