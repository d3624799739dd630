"""From a file over its training to `/ask`: a model is asked the way that it was trained."""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.commands.conftest import ALICE, TUNING, open_office, values_of, words_of
from tests.support.waiting import until
from tests.trainer_engine.engine_job import FACTS
from tests.workspace.conftest import Control, Json
from tunesmith.local.trainer.server import ENGINES, running
from tunesmith.storage.database import Database

SEPARATOR, STOP = "\n\n###\n\n", " END"
PAIRS = [
    {"prompt": question + SEPARATOR, "completion": f" {answer}{STOP}"}
    for question, answer in FACTS.items()
]
LABELS = ("refund", "delivery")
SAID = ("money back", "parcel late")
LETTERS = [(f"Letter {n}: {SAID[n % 2]}", LABELS[n % 2]) for n in range(20)]
CLASSES = [
    {
        "messages": [
            {"role": "user", "content": letter},
            {"role": "assistant", "content": label},
        ]
    }
    for letter, label in LETTERS
]

pytestmark = pytest.mark.databases("sqlite")


BOT = "<@U0TUNESMITH>"


def _is_whole(message: Json) -> bool:
    return bool(values_of(message.get("blocks", []), "correct_answer"))


@dataclass
class Between:
    """What stands between the bot and the trainer, and keeps what models are asked."""

    trainer: str
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """Any request; its answer comes in pieces as the trainer sends them."""
        body = await request.read()
        if request.path.endswith("completions"):
            self.asked.append(json.loads(body) | {"path": request.path})
        url = f"{self.trainer}{request.path_qs}"
        headers = {k: v for k, v in request.headers.items() if k.lower() != "host"}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(request.method, url, data=body, headers=headers) as answer,
        ):
            kept = {"Content-Type": answer.headers.get("Content-Type", "")}
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            return response


@dataclass
class Desk:
    """A person's desk: what they do, and what models were asked."""

    control: Control
    between: Between

    async def train(self, name: str, rows: Sequence[Json], epochs: str) -> str:
        """Attach a file and start a job on it; its thread."""
        file = "".join(json.dumps(row) + "\n" for row in rows).encode()
        sent = await self.control.attach({name: file}, user=ALICE, channel=TUNING, text="")
        thread = str(sent["ts"])
        report = await self.seen(thread, "start_job")
        body = {"channel": TUNING, "message_ts": report["ts"], "user": ALICE}
        await self.control.post("actions", **body, action_id="start_job")
        form = (await self.control.modals(ALICE))[-1]
        values = {"epochs": epochs, "batch_size": "5"}
        sent = await self.control.post(f"views/{form['id']}/submit", user=ALICE, values=values)
        assert not sent["errors"], sent
        return thread

    async def ask(self, thread: str, question: str) -> str:
        """What a thread's model answers to a mention there."""
        sent = await self.control.post(
            "messages", user=ALICE, channel=TUNING, thread_ts=thread, text=f"{BOT} {question}"
        )

        async def answered() -> str | None:
            there = await self.control.messages(TUNING, thread_ts=thread)
            found = [one for one in there if one["ts"] > sent["ts"] and _is_whole(one)]
            return words_of(found[-1]) if found else None

        said: str = await until(answered, "the answer", seconds=200)
        return said

    async def seen(self, thread: str, action: str) -> Json:
        """Wait for the message of a thread with such a button."""

        async def found() -> Json | None:
            there = await self.control.messages(TUNING, thread_ts=thread)
            fitting = [one for one in there if values_of(one.get("blocks", []), action)]
            return fitting[-1] if fitting else None

        message: Json = await until(found, action, seconds=400, every=0.2)
        return message


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncGenerator[Desk]:
    """A bot that trains at the local trainer."""
    async with running(tmp_path / "trainer", "local", engines=ENGINES) as url:
        between = Between(url)
        app = web.Application(client_max_size=1 << 24)
        app.router.add_route("*", "/{path:.*}", between.pass_on)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        here = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        async with open_office(database, tmp_path / "bot", here) as (control, *_):
            yield Desk(control, between)
        await runner.cleanup()


@pytest.mark.timeout(600)
async def test_prompts_with_separators_and_classes_are_asked_as_they_were_trained(
    desk: Desk,
) -> None:
    continued = await desk.train("pairs.jsonl", PAIRS, epochs="20")
    labelled = await desk.train("letters.jsonl", CLASSES, epochs="6")
    await desk.seen(continued, "ask_model")
    question, expected = next(iter(FACTS.items()))
    said = await desk.ask(continued, question)
    asked = desk.between.asked[-1]
    assert asked["path"] == "/v1/completions"
    assert (asked["prompt"], asked["stop"]) == (question + SEPARATOR, [STOP])
    assert said.startswith(expected), "without the space before it, and without the stop"
    await desk.seen(labelled, "ask_model")
    letter, label = LETTERS[3]
    said = await desk.ask(labelled, letter)
    asked = desk.between.asked[-1]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["logprobs"] is True
    assert asked["messages"][-1]["content"] == letter
    assert said.startswith(label)
    assert re.search(rf"How likely: {label} [\d.]+%", said), said
