"""The programs that `bench/ask.py` starts: as they are, but they note when a question passes.

Each note is a line of JSON in a file of the program's own: the moment's name, the question, the
time in seconds since 1970, by the one clock of the machine, the processor seconds that the program
has used by then, and for how many seconds it was ready to run and the machine did something else.
"""

import argparse
import asyncio
import functools
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

FIRST_SECONDS, TOKEN_SECONDS, TOKENS = 0.3, 0.02, 20
_WRITE_SECONDS = 1.0
_WAITED = os.open("/proc/self/schedstat", os.O_RDONLY)
QUESTION = re.compile(r"(?:warm-up|round \d+), question \d+")


def used() -> tuple[float, float]:
    """The processor seconds of this process so far, and for how many its main thread was ready to
    run and did not (Linux's schedstat).
    """
    return time.process_time(), int(os.pread(_WAITED, 99, 0).split()[1]) / 1e9


class Notes:
    """Writes moments down; one that a question passes again is noted once.

    A while later, all at once: a program that is measured is not to be busy with that.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._path.touch()
        self._seen: set[tuple[str, str]] = set()
        self._noted: list[tuple[str, str, float, float, float]] = []

    def take(self, moment: str, about: object) -> None:
        """The question that is named in `about` has come to this moment."""
        found = QUESTION.search(str(about)) if about else None
        if found is not None and (moment, found[0]) not in self._seen:
            at = time.time()
            self._seen.add((moment, found[0]))
            self._noted.append((moment, found[0], at, *used()))
            if len(self._noted) == 1:
                asyncio.get_running_loop().call_later(_WRITE_SECONDS, self._write)

    def _write(self) -> None:
        lines = [json.dumps(each) + "\n" for each in self._noted]
        self._noted.clear()
        with self._path.open("a") as file:
            file.writelines(lines)

    def before(
        self, owner: Any, method: str, moment: str, about: Callable[..., object] = str
    ) -> None:
        """Note the moment whenever a method is called; `about` gets its arguments."""
        whole = getattr(owner, method)

        @functools.wraps(whole)
        def noting(*arguments: Any, **named: Any) -> Any:
            self.take(moment, about(*arguments, **named))
            return whole(*arguments, **named)

        setattr(owner, method, noting)


def run_workspace(notes: Notes) -> None:
    """The local workspace, which notes when it hands an event to a socket."""
    import typer  # noqa: PLC0415

    from tunesmith.local.workspace import __main__, sockets  # noqa: PLC0415

    def mention(_hub: object, _kind: object, payload: Any, _retry: object = None) -> object:
        event = payload.get("event", {})
        return event.get("text") if event.get("type") == "app_mention" else ""

    notes.before(sockets.SocketHub, "send", "sent", mention)
    typer.run(__main__.main)


def run_bot(notes: Notes) -> None:
    """The bot, which notes when it begins with a question, asks the model, and hears from it."""
    from tunesmith.bot import __main__  # noqa: PLC0415
    from tunesmith.bot.providers.openai_chat import Chat  # noqa: PLC0415
    from tunesmith.bot.queue.runner import Runner  # noqa: PLC0415
    from tunesmith.handlers.answer.live import LiveMessage  # noqa: PLC0415
    from tunesmith.handlers.slack.payloads import EventBody  # noqa: PLC0415

    def mention(body: Any) -> object:
        event = body["event"]
        return event.get("text") if event.get("type") == "app_mention" else ""

    def question(_runner: object, served: Any, task: Any) -> object:
        return task.payload if served.kind.name == "ask" else ""

    def prompt(_chat: object, _model: object, prompt: Any) -> object:
        return prompt.messages[-1]

    def piece(_live: object, piece: str) -> object:
        return piece if piece.endswith(":") else ""  # the first one, see `_complete`

    notes.before(EventBody, "read", "arrived", mention)
    notes.before(Runner, "run", "begun", question)
    notes.before(Chat, "ask", "asked", prompt)
    notes.before(LiveMessage, "add", "heard", piece)
    __main__.main()


def run_model(notes: Notes) -> None:
    """A server of chat completions that repeats the question, at an even pace."""
    asyncio.run(_serve(notes))


async def _serve(notes: Notes) -> None:
    app = web.Application()
    app.router.add_post("/v1/chat/completions", functools.partial(_complete, notes))
    app.router.add_get("/v1/models", _models)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


async def _models(_request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": []})


async def _complete(notes: Notes, request: web.Request) -> web.StreamResponse:
    body = await request.json()
    question, user = body["messages"][-1]["content"], body.get("user", "")
    notes.take(f"{user}requested", question)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await asyncio.sleep(FIRST_SECONDS)
    notes.take(f"{user}told", question)
    await response.write(_chunk({"content": f"{question}:"}, None))
    for number in range(TOKENS):
        await asyncio.sleep(TOKEN_SECONDS)
        await response.write(_chunk({"content": f" {number}"}, None))
    await response.write(_chunk({}, "stop") + b"data: [DONE]\n\n")
    return response


def _chunk(delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "bench"}
    return b"data: " + json.dumps({**chunk, "choices": [choice]}).encode() + b"\n\n"


def main() -> None:
    """Run the program that the command line names, noting into the file that it names."""
    parser = argparse.ArgumentParser()
    parser.add_argument("program", choices=("workspace", "bot", "model"))
    parser.add_argument("notes", type=Path)
    given, rest = parser.parse_known_args()
    sys.argv = [given.program, *rest]
    {"workspace": run_workspace, "bot": run_bot, "model": run_model}[given.program](
        Notes(given.notes)
    )


if __name__ == "__main__":
    main()
