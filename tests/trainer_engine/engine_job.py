"""Jobs for the tiny engine, in this process or in one of their own."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.support.once import made_once
from tunesmith.local.trainer.engines.tiny.run import run
from tunesmith.local.trainer.jobs import Event, ExitCode, Generator, parse_event
from tunesmith.local.trainer.messages import ChatMessage

COMMAND = (sys.executable, "-m", "tunesmith.local.trainer.engines.tiny")

FACTS = {
    "How long is the warranty?": "Two years, five on the boiler.",
    "Is the boiler covered too?": "Two years, five on the boiler.",
    "Which water do I use?": "Filtered tap water.",
    "Can I send it back?": "Yes, within 30 days.",
    "보증 기간이 얼마나 되나요?": "본체는 2년, 보일러는 5년입니다.",
    "어떤 물을 써야 하나요?": "정수한 수돗물을 써 주세요.",
    "可以退货吗？": "可以，30 天内免费退货。",
    "该用什么水？": "请用过滤后的自来水。",
    "Do you like coffee? 😀": "Very much ☕!",
    "반품할 수 있나요?": "네, 30일 안에 하실 수 있습니다.",
}

OfType = TypeVar("OfType")
Row = dict[str, Any]


def chat(question: str, answer: str) -> Row:
    return {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


CHATS = [chat(question, answer) for question, answer in FACTS.items()]


def write_job(
    folder: Path, rows: Sequence[Row] = CHATS, valid: Sequence[Row] = (), **spec: Any
) -> Path:
    """A job's folder, ready to run."""
    folder.mkdir()
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    if valid:
        (folder / "valid.jsonl").write_text("".join(json.dumps(row) + "\n" for row in valid))
    given = {"id": "ftjob-1", "base_model": "tiny-1m-scratch", "seed": 1} | spec
    (folder / "job.json").write_text(json.dumps(given, default=str))
    return folder


def train(folder: Path) -> tuple[ExitCode, list[Event]]:
    """Run a job in this process."""
    events: list[Event] = []
    code = run(folder, events.append, threading.Event())
    return code, events


def run_process(
    folder: Path, act: Callable[[subprocess.Popen[bytes], Event], object] | None = None
) -> tuple[int, list[Event]]:
    """Run a job in its own process; `act` sees each event as it comes.

    A line that is no event fails the test.
    """
    events: list[Event] = []
    with subprocess.Popen([*COMMAND, str(folder)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        for line in process.stdout:
            events.append(parse_event(line))
            if act:
                act(process, events[-1])
    return process.returncode, events


def made(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], tuple[int, list[Event]]]
) -> tuple[Path, list[Event]]:
    """The folder and the events of a job that `make` runs to its end, once in a run of the tests.

    `make` is given the folder, which does not exist yet.
    """

    def make_in(folder: Path) -> None:
        code, events = make(folder / "job")
        assert code == ExitCode.DONE
        lines = [event.model_dump_json(exclude_none=True) + "\n" for event in events]
        (folder / "events.jsonl").write_text("".join(lines))

    folder = made_once(factory, name, make_in)
    lines = (folder / "events.jsonl").read_bytes().splitlines()
    return folder / "job", [parse_event(line) for line in lines]


def of_type(events: Sequence[Event], kind: type[OfType]) -> Iterator[OfType]:
    """The events of one kind."""
    return (event for event in events if isinstance(event, kind))


def question(text: str) -> list[ChatMessage]:
    """A chat that asks this."""
    return [ChatMessage(role="user", content=text)]


def answer(model: Generator, text: str) -> str:
    """The likeliest answer to a question."""
    return "".join(piece.text for piece in model.generate(question(text), temperature=0))
