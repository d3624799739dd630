"""An evaluation as a task of Inspect (inspect.aisi.org.uk): task.py and its data set."""

from collections.abc import Sequence
from typing import Any

import orjson

from tunesmith.bot.answers.metrics.exports.row import ExportedRow
from tunesmith.bot.answers.metrics.exports.target import Target

_TASK = '''"""{title}

Run it with `pip install inspect-ai openai`, then:

{commands}
"""

import unicodedata
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import CORRECT, INCORRECT, Score, accuracy, scorer, stderr
from inspect_ai.solver import generate


@scorer(metrics=[accuracy(), stderr()])
def exact_match():
    """The answer is the gold answer but for white space and Unicode spelling."""

    async def score(state, target):
        same = plain(state.output.completion) == plain(target.text)
        return Score(value=CORRECT if same else INCORRECT, answer=state.output.completion)

    return score


def plain(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


@task
def evaluation():
    return Task(
        dataset=json_dataset(str(Path(__file__).with_name("samples.jsonl"))),
        solver=generate(),
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
        "input": [dict(one) for one in row.messages],
        "target": row.gold,
        "metadata": {"intent": scores[0].intent.value if scores else ""},
    }
