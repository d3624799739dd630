"""The tour: the sample goes through the whole job, told in the terminal."""

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from tunesmith.bot.cli.demo.person import Message, Person
from tunesmith.bot.cli.demo.processes import DemoError
from tunesmith.bot.cli.demo.screen import Screen
from tunesmith.bot.messages import say

# What stands on the page; the tour knows no more of the bot than a person does.
START, ASK, RESULT = "start_job", "ask_model", "job_result"
MODEL, SUFFIX, VALIDATION = "model", "suffix", "validation"

_TRAINING_SECONDS = 300
_ANSWER_SECONDS = 30
_PERCENT = re.compile(r"(\d+) %")


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part in the tour."""

    alice: Person
    minji: Person
    wei: Person


async def tour(screen: Screen, people: People, examples: Path) -> None:
    """Attach, read the report, start, watch, ask. Raises DemoError where a step fails."""
    sample, validation = examples / "barista.jsonl", examples / "barista-validation.jsonl"
    answers = _answers(sample)
    screen.act(people.alice.name, say("cli.tour.types", command="/tune help"))
    await people.alice.command("/tune help")
    thread, report = await _attach(screen, people.alice, sample, validation)
    await _start(screen, people.alice, thread, report, validation.name)
    await _watch(screen, people.alice, thread)
    asked = list(answers)
    korean = next(q for q in asked if re.search("[가-힣]", q))
    chinese = next(q for q in asked if re.search("[\u4e00-\u9fff]", q))
    await _ask(screen, people.minji, korean, answers[korean])
    await _ask(screen, people.wei, chinese, answers[chinese])
    await _mention(screen, people.alice, thread, asked[0], answers[asked[0]])


def _answers(sample: Path) -> dict[str, str]:
    """Every question of the sample with its answer."""
    found: dict[str, str] = {}
    for line in sample.read_text(encoding="utf-8").splitlines():
        said = {message["role"]: message["content"] for message in json.loads(line)["messages"]}
        found[said["user"]] = said["assistant"]
    return found


async def _attach(
    screen: Screen, alice: Person, sample: Path, validation: Path
) -> tuple[str, Message]:
    screen.act(alice.name, say("cli.tour.attaches", files=[sample.name, validation.name]))
    began = time.monotonic()
    thread = await alice.attach([sample, validation], screen.text("cli.tour.message"))
    report = await alice.wait_for(
        say("cli.awaited.report"),
        lambda m: sample.name in m["text"] and _has(m, START),
        thread=thread,
    )
    await alice.wait_for(
        say("cli.awaited.validation_report"),
        lambda m: "thread_ts" in m and validation.name in m["text"],
        thread=thread,
    )
    screen.reply(report["text"], time.monotonic() - began)
    return thread, report


async def _start(
    screen: Screen, alice: Person, thread: str, report: Message, validation: str
) -> None:
    screen.act(alice.name, say("cli.tour.starts"))
    modal = await alice.press(report, START)
    option = next(
        option
        for block in modal["blocks"]
        if block["block_id"] == VALIDATION
        for option in block["element"]["options"]
        if option["text"]["text"] == validation
    )
    await alice.submit(
        modal,
        {MODEL: "local/tiny-1m-scratch", SUFFIX: "barista", VALIDATION: option["value"]},
    )
    await alice.wait_for(say("cli.awaited.progress"), lambda m: _is(m, "progress"), thread=thread)


async def _watch(screen: Screen, alice: Person, thread: str) -> None:
    began = time.monotonic()
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen.console, transient=True) as bar:
        shown = bar.add_task(screen.text("cli.tour.training"), total=100)

        def ended(message: Message) -> bool:
            if not _is(message, "progress"):
                return False
            bar.update(shown, completed=_percent(message))
            return message["blocks"][0]["block_id"] == RESULT

        final = await alice.wait_for(
            say("cli.awaited.end"), ended, thread=thread, seconds=_TRAINING_SECONDS
        )
    if not _has(final, ASK):
        raise DemoError(say("cli.demo.job_failed", said=final["text"], details=_words(final)))
    await alice.wait_for(say("cli.awaited.notice"), lambda m: _is(m, "notice"))
    screen.reply(final["text"], time.monotonic() - began)
    screen.reply(_words(final, of="fields"))
    await alice.wait_for(
        say("cli.awaited.chart"),
        lambda m: _is(m, "progress") and any(b["type"] == "image" for b in m["blocks"]),
        thread=thread,
    )
    screen.reply(say("cli.tour.chart"))


async def _ask(screen: Screen, person: Person, question: str, expected: str) -> None:
    screen.act(person.name, say("cli.tour.types", command=f"/ask {question}"))
    known = {message["ts"] for message in await person.messages()}
    await person.command(f"/ask {question}")
    answer = await person.wait_for(
        say("cli.awaited.answer"),
        lambda m: m["ts"] not in known and question in _heading(m) and not m.get("streaming"),
        seconds=_ANSWER_SECONDS,
    )
    _check_answer(screen, answer, expected)


def _heading(message: Message) -> str:
    """What stands at the top of a message."""
    return str((message.get("blocks") or [""])[0])


async def _mention(
    screen: Screen, person: Person, thread: str, question: str, expected: str
) -> None:
    screen.act(person.name, say("cli.tour.asks", question=question))
    asked = await person.say(f"@tunesmith {question}", thread)
    await _hear(screen, person, thread, asked, expected)


async def _hear(screen: Screen, person: Person, thread: str, after: str, expected: str) -> None:
    answer = await person.wait_for(
        say("cli.awaited.answer"),
        lambda m: m["ts"] > after and "bot_id" in m and not m.get("streaming"),
        thread=thread,
        seconds=_ANSWER_SECONDS,
    )
    _check_answer(screen, answer, expected)


def _check_answer(screen: Screen, answer: Message, expected: str) -> None:
    screen.reply(answer["text"])
    if answer["text"].strip() != expected:
        raise DemoError(say("cli.demo.wrong_answer", expected=expected))


def _has(message: Message, action: str) -> bool:
    return any(
        element.get("action_id") == action
        for block in message.get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
    )


def _is(message: Message, kind: str) -> bool:
    """Whether it is the bot's message of that kind, by the key in its metadata."""
    payload = message.get("metadata", {}).get("event_payload", {})
    return str(payload.get("key", "")).startswith(f"{kind}:")


def _percent(message: Message) -> int:
    found = _PERCENT.search(_words(message))
    return int(found[1]) if found else 0


def _words(message: Message, of: str = "text") -> str:
    blocks: list[Any] = message.get("blocks", [])
    if of == "fields":
        texts = [field["text"] for block in blocks for field in block.get("fields", [])]
    else:
        texts = [block["text"]["text"] for block in blocks if "text" in block]
    return " · ".join(text.replace("*", "").replace("\n", " ") for text in texts)
