"""From the attached file to the answer in the thread, on the engine `lora` as a process here."""

import json
from pathlib import Path

import pytest

from tests.support import slice as steps
from tests.support.world import open_world
from tests.trainer_lora.small_model import make_base
from tests.trainer_lora.whole_thread import file_becomes_a_model_that_answers

pytestmark = pytest.mark.timeout(1200)

BASE = "small-here"
SECONDS = 600


def _with_tools(folder: Path) -> Path:
    """A file that only a base model which learns tool calls is offered for."""
    tool = {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}
    lines: list[str] = []
    for number in range(12):
        function = {"name": "add", "arguments": json.dumps({"to": number})}
        call = {"id": "call_1", "type": "function", "function": function}
        messages = [
            {"role": "user", "content": f"What is {number} plus one?"},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": str(number + 1)},
            {"role": "assistant", "content": f"It is {number + 1}."},
        ]
        lines.append(json.dumps({"messages": messages, "tools": [tool]}))
    path = folder / "tools.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


async def test_a_file_with_tool_calls_becomes_a_model_that_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To import the libraries takes seconds, on a busy machine minutes.
    monkeypatch.setattr(steps, "PATIENCE", SECONDS)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    engine = tmp_path / "engine"
    make_base(engine / "weights")
    said = f'like = "lora"\n[[models]]\nname = "{BASE}"\npath = "weights"\n'
    (engine / "engine.toml").write_text(said)
    (tmp_path / "world").mkdir()
    async with open_world(tmp_path / "world", bot=False) as world:
        await world.kill("trainer")
        world.trainer = ("tunesmith.local.trainer", "--engine", str(engine))
        await world.start_trainer()
        await world.start_bot()
        await file_becomes_a_model_that_answers(world, BASE, _with_tools(tmp_path), SECONDS)
