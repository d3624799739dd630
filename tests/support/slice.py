"""The steps of the main job, for tests that walk through it."""

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.waiting import PATIENCE
from tests.support.world import EXAMPLES, World, key, words
from tunesmith.bot.cli.demo.person import Message, Person

SAMPLE = EXAMPLES / "barista.jsonl"
MODEL = "local/tiny-1m-scratch"
TRAINING_SECONDS = 180


def chat_line(question: str, answer: str) -> str:
    """One example in chat format."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return json.dumps({"messages": messages}, ensure_ascii=False)


def small_file(folder: Path, name: str = "small.jsonl", examples: int = 12) -> Path:
    """A valid file that trains in a few seconds."""
    lines = [chat_line(f"What is {n} plus one?", f"It is {n + 1}.") for n in range(examples)]
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _is_report(message: Message) -> bool:
    """Whether it is a report, not the progress of the check that it takes the place of."""
    return key(message).startswith("report:") and message["blocks"][0]["type"] != "context"


async def report_of(person: Person, thread: str, seconds: float = PATIENCE) -> Message:
    """The bot's report in a thread."""
    return await person.wait_for("report", _is_report, thread=thread, seconds=seconds)


async def start(person: Person, report: Message, **values: str) -> None:
    """Press Start and send the form; two epochs unless told otherwise."""
    modal: Any = await person.press(report, "start_job")
    await person.submit(modal, {"model": MODEL, "epochs": "2", **values})


async def progress_of(person: Person, thread: str) -> Message:
    """The progress message of a thread's job."""
    return await person.wait_for(
        "progress", lambda m: key(m).startswith("progress:"), thread=thread
    )


def is_result(message: Message) -> bool:
    """Whether it is the card of a job that has ended."""
    return key(message).startswith("progress:") and message["blocks"][0]["block_id"] == "job_result"


async def final_of(person: Person, thread: str, seconds: float = TRAINING_SECONDS) -> Message:
    """The result of a thread's job, which is its card."""
    return await person.wait_for("result", is_result, thread=thread, seconds=seconds)


async def chart_of(person: Person, thread: str) -> Message:
    """The result of a thread's job, once it shows the picture of its losses."""
    return await person.wait_for(
        "result with its picture",
        lambda m: is_result(m) and any(block["type"] == "image" for block in m["blocks"]),
        thread=thread,
        seconds=TRAINING_SECONDS,
    )


async def notice_of(person: Person, job: str) -> Message:
    """What the channel is told of the end of a job."""
    return await person.wait_for("notice", lambda m: key(m) == f"notice:{job}")


async def answer_in(person: Person, thread: str, after: str, seconds: float = PATIENCE) -> Message:
    """The bot's first finished message in a thread after `after`."""
    return await person.wait_for(
        "answer",
        lambda m: m["ts"] > after and "bot_id" in m and not m.get("streaming"),
        thread=thread,
        seconds=seconds,
    )


def is_answer_to(question: str, model: str) -> Callable[[Message], bool]:
    """Whether a message is the whole answer to a question, which stands over it."""

    def is_it(message: Message) -> bool:
        blocks: list[Any] = message.get("blocks") or []
        under = [block for block in blocks if block["type"] == "context"]
        is_whole = not message.get("streaming") and model in str(under)
        return is_whole and question in str(blocks[0])

    return is_it


async def attach_streamed(
    world: World, person: Person, path: Path, thread: str | None = None
) -> str:
    """Attach a file that is streamed, in a thread where one is named; the message's `ts`."""
    place = {"thread_ts": thread} if thread else {}
    form = aiohttp.FormData({"user": person.user, "channel": person.channel, **place})
    with path.open("rb") as file:
        form.add_field("file", file, filename=path.name)
        async with world.session.post(f"{world.url}/control/files", data=form) as response:
            assert response.status == 200
            return str((await response.json())["ts"])


async def click(
    world: World, person: Person, message: Message, action: str, value: object = None
) -> None:
    """Press a button that opens no form, or choose the `value` of another element."""
    body = {
        "user": person.user,
        "channel": person.channel,
        "message_ts": message["ts"],
        "action_id": action,
        "value": value,
    }
    async with world.session.post(f"{world.url}/control/actions", json=body) as response:
        assert (await response.json())["ok"]


async def report_on(person: Person, thread: str, name: str) -> Message:
    """The bot's report on the file `name`, which it attached itself."""
    return await person.wait_for(
        f"report on {name}", lambda m: _is_report(m) and name in m["text"], thread=thread
    )


async def fix(world: World, person: Person, thread: str, report: Message, name: str) -> Message:
    """Have the fixed file written as the preview shows it; the report on it, of that `name`."""
    await click(world, person, report, "fix_file")
    preview = await fix_preview(person, thread)
    await click(world, person, preview, "write_fixed")
    return await report_on(person, thread, name)


async def fix_preview(person: Person, thread: str) -> Message:
    """What the bot says can be fixed."""
    return await person.wait_for(
        "preview of the fix", lambda m: key(m).startswith("fix.told:"), thread=thread
    )


def files_of(messages: list[Message]) -> dict[str, Message]:
    """The files of a thread by name, without the mark that makes each name the only one."""
    names = [file["name"] for message in messages for file in message.get("files", [])]
    assert len(names) == len(set(names)), f"each file stands once: {names}"
    files = [file for message in messages for file in message.get("files", [])]
    return {re.sub(r"-[0-9a-f]{6,12}\.", ".", file["name"]): file for file in files}


async def content_of(world: World, file: Message) -> bytes:
    """The bytes of a file."""
    async with world.session.get(f"{world.url}/control/files/{file['id']}") as response:
        assert response.status == 200
        return await response.read()


async def assert_told_once(person: Person, thread: str, *, histograms: int = 0) -> None:
    """One report, one card with its picture, one notice; no key and no file twice.

    `histograms` is how many reports there are on files of more than a handful of examples.
    """
    messages = await person.messages(thread)
    keys = [key(m) for m in messages if key(m)]
    assert len(keys) == len(set(keys)), keys
    [card] = [message for message in messages if key(message).startswith("progress:")]
    await chart_of(person, thread)
    notice = key(card).replace("progress:", "notice:")
    await notice_of(person, key(card).removeprefix("progress:"))
    assert [key(m) for m in await person.messages()].count(notice) == 1
    files_of(messages)
    pictures = Counter(
        file["name"].split("-")[0]
        for message in messages
        for file in message.get("files", [])
        if file["name"].endswith(".png")
    )
    wanted = {"tokens": histograms} if histograms else {}
    assert pictures == Counter(wanted), [words(m) for m in messages]


async def validation_choices(person: Person, report: Message) -> dict[str, str]:
    """What a job's form offers to validate with: the value of each file's name."""
    modal = await person.press(report, "start_job")
    choice = next(block for block in modal["blocks"] if block["block_id"] == "validation")
    return {each["text"]["text"]: each["value"] for each in choice["element"]["options"]}


async def run_shortcut(world: World, person: Person, message: str) -> None:
    """Ask for the check of a message's files, as its shortcut does."""
    body = {
        "user": person.user,
        "callback_id": "inspect_message",
        "channel": person.channel,
        "message_ts": message,
    }
    async with world.session.post(f"{world.url}/control/shortcuts", json=body) as response:
        assert (await response.json())["ok"]
