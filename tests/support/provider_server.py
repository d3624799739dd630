"""A provider that speaks OpenAI's fine-tuning protocol, and fails as a test says."""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.support.provider_shapes import Shape

Row = dict[str, Any]


@dataclass(frozen=True)
class Held:
    """A request that is not answered yet: it has come, and it may be answered."""

    has_come: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class Fault:
    """What a request meets instead of its answer.

    `body` is JSON, or text where it is a string. Where it is to `take_effect`, the request is done
    first. Without a status, the connection is closed. What is `held` is answered, where it took
    effect, once it is let go.
    """

    status: int | None = None
    body: Any = None
    take_effect: bool = False
    held: "Held | None" = None


DROP = Fault()
PASS = Fault(0)
"""No fault: the request is answered, and the next fault waits for the one after it."""
LOST_ANSWER = Fault(take_effect=True)
UNKNOWN = Fault(404, {"error": {"message": "No such job", "code": "not_found"}})


def _at(row: Any, path: str) -> Any:
    for key in path.split("."):
        row = row.get(key) if isinstance(row, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return row  # pyright: ignore[reportUnknownVariableType]


def refusal(status: int, said: str, code: str | None = None) -> web.Response:
    """A refusal in OpenAI's shape."""
    return web.json_response({"error": {"message": said, "code": code}}, status=status)


async def stream_answer(request: web.Request, model: str) -> web.StreamResponse:
    """An answer in pieces, in OpenAI's shape."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    common = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": model}
    for delta, reason in (({"content": "At "}, None), ({"content": "seven."}, "stop")):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        said = json.dumps({**common, "choices": [choice]})
        await response.write(f"data: {said}\n\n".encode())
    await response.write(b"data: [DONE]\n\n")
    return response


@dataclass
class ProviderServer:
    """Files, jobs and events in memory; rows can be made as odd as one likes.

    `requests` are those that came, as "METHOD /path". `jobs` are listed newest first, and not at
    all while they are `hidden`. Creating one waits until it `may_create`. It has the `shape` of a
    provider; models that are `served` answer.
    """

    url: str = ""
    shape: Shape = field(default_factory=Shape)
    imported: set[str] = field(default_factory=set[str])
    served: set[str] = field(default_factory=set[str])
    files: dict[str, str] = field(default_factory=dict[str, str])
    jobs: dict[str, Row] = field(default_factory=dict[str, Row])
    uploads: dict[str, Row] = field(default_factory=dict[str, Row])
    events: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    checkpoints: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    contents: dict[str, bytes] = field(default_factory=dict[str, bytes])
    models: dict[str, Row] = field(default_factory=dict[str, Row])
    created: list[Row] = field(default_factory=list[Row])
    requests: list[str] = field(default_factory=list[str])
    passes_over_after: bool = False
    hidden: bool = False
    may_create: asyncio.Event = field(default_factory=asyncio.Event)
    holds: list[Held] = field(default_factory=list[Held])
    _faults: list[tuple[str, Fault]] = field(default_factory=list[tuple[str, Fault]])
    _number: "itertools.count[int]" = field(default_factory=itertools.count)

    def meet(self, request: str, *faults: Fault) -> None:
        """Let the next requests that match (a regular expression of "METHOD /path") fail."""
        self._faults += [(request, fault) for fault in faults]

    def hold(self, request: str, passed: int, *, take_effect: bool) -> Held:
        """Hold back the answer to the next request that matches, after so many that pass."""
        held = Held()
        self.holds.append(held)
        self.meet(request, *[PASS] * passed, Fault(take_effect=take_effect, held=held))
        return held

    def recover(self) -> None:
        """Forget the faults that no request has met."""
        self._faults.clear()

    def faults_left(self) -> int:
        """How many faults no request has met yet."""
        return len(self._faults)

    def add_job(self, name: str, **values: Any) -> Row:
        """A job that runs."""
        row: Row = {
            "id": name,
            "object": "fine_tuning.job",
            "status": "running",
            "created_at": 1_800_000_000 + next(self._number),
            "training_file": f"file-of-{name}",
            **values,
        }
        self.jobs[name] = row
        return row

    def count(self, request: str) -> int:
        """How many requests matched."""
        return sum(bool(re.fullmatch(request, one)) for one in self.requests)

    def app(self) -> web.Application:
        """The server's routes."""
        app = web.Application(middlewares=[self._fail], client_max_size=1 << 30)
        jobs = "/v1/fine_tuning/jobs"
        app.router.add_post("/v1/files", self._upload)
        app.router.add_get("/v1/files", self._list_files)
        app.router.add_post("/v1/uploads", self._begin_upload)
        app.router.add_post("/v1/uploads/{id}/parts", self._add_part)
        app.router.add_post("/v1/uploads/{id}/complete", self._complete_upload)
        app.router.add_get("/v1/files/{id}", self._file)
        app.router.add_delete("/v1/files/{id}", self._delete_file)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post(jobs, self._create)
        if self.shape.lists_jobs:
            app.router.add_get(jobs, self._list_jobs)
        app.router.add_get(jobs + "/{id}", self._job)
        app.router.add_post(jobs + "/{id}/cancel", self._cancel)
        app.router.add_post(jobs + "/{id}/pause", self._pause)
        app.router.add_post(jobs + "/{id}/resume", self._resume)
        app.router.add_get(jobs + "/{id}/events", self._list_events)
        app.router.add_get(jobs + "/{id}/checkpoints", self._list_checkpoints)
        app.router.add_get("/v1/files/{id}/content", self._content)
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_get("/v1/models/{id}", self._model)
        app.router.add_delete("/v1/models/{id}", self._delete_model)
        return app

    @web.middleware
    async def _fail(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        line = f"{request.method} {request.path.removeprefix('/v1')}"
        self.requests.append(line)
        fault = next((found for found in self._faults if re.fullmatch(found[0], line)), None)
        if fault is None:
            return await handler(request)
        self._faults.remove(fault)
        if fault[1] is PASS:
            return await handler(request)
        answer = await handler(request) if fault[1].take_effect else None
        if fault[1].held:
            fault[1].held.has_come.set()
            await fault[1].held.let_go.wait()
            if answer is not None:
                return answer
        if fault[1].status is None:
            if request.transport is not None:  # whoever asked may be gone
                request.transport.abort()
            return web.Response()
        if isinstance(fault[1].body, str):
            return web.Response(status=fault[1].status, text=fault[1].body)
        return web.json_response(fault[1].body, status=fault[1].status)

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        name = f"file-{next(self._number)}"
        self.files[name] = file.filename
        if self.shape.imported:
            self.imported.add(name)
        return web.json_response({"id": name, "object": "file", "filename": file.filename})

    async def _begin_upload(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name = f"upload-{next(self._number)}"
        self.uploads[name] = {**asked, "parts": {}}
        return web.json_response({"id": name, "object": "upload", "status": "pending"})

    async def _add_part(self, request: web.Request) -> web.Response:
        data = (await request.post())["data"]
        assert isinstance(data, web.FileField)
        name = f"part-{next(self._number)}"
        self.uploads[request.match_info["id"]]["parts"][name] = data.file.read()
        return web.json_response({"id": name, "object": "upload.part"})

    async def _complete_upload(self, request: web.Request) -> web.Response:
        upload = self.uploads.pop(request.match_info["id"])
        parts = (await request.json())["part_ids"]
        name = f"file-{next(self._number)}"
        self.contents[name] = b"".join(upload["parts"][part] for part in parts)
        self.files[name] = upload["filename"]
        file = {"id": name, "object": "file", "filename": upload["filename"]}
        return web.json_response(
            {"id": "u", "object": "upload", "status": "completed", "file": file}
        )

    async def _list_files(self, request: web.Request) -> web.Response:
        rows = [{"id": name, "filename": said} for name, said in self.files.items()]
        return self._page(request, rows)

    async def _delete_file(self, request: web.Request) -> web.Response:
        self.files.pop(request.match_info["id"], None)
        return web.json_response({"id": request.match_info["id"], "deleted": True})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if name not in self.files:
            return web.json_response(UNKNOWN.body, status=404)
        status = "processed" if name in self.imported else "pending"
        return web.json_response({"id": name, "filename": self.files[name], "status": status})

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.created.append(asked)
        await self.may_create.wait()
        wrong = self._wrong(asked)
        if wrong:
            return refusal(400, wrong, "invalid_request")
        values = {"training_file": asked["training_file"], **self.shape.values}
        if self.shape != Shape():
            values["status"] = self.shape.first_status
        values |= dict.fromkeys(self.shape.nulls)
        return web.json_response(self.add_job(f"ftjob-{next(self._number)}", **values))

    def _wrong(self, asked: Row) -> str | None:
        """Why a create is refused; None where it is fine."""
        missing = [path for path in self.shape.needs if _at(asked, path) is None]
        wrong = [path for path in self.shape.refuses if _at(asked, path) is not None]
        if missing or wrong:
            return f"missing {missing}, unknown {wrong}"
        if asked["method"]["type"] not in self.shape.methods and self.shape != Shape():
            return "this method is not supported"
        if not re.fullmatch(self.shape.suffix, asked.get("suffix", "")):
            return "the suffix has letters that are not allowed"
        files = [asked[key] for key in ("training_file", "validation_file") if key in asked]
        if self.shape != Shape() and not set(files) <= self.imported:
            return "a file is not imported yet"
        return None

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        model = (await request.json())["model"]
        if model not in self.served:
            return refusal(404, f"no deployment {model}", "DeploymentNotFound")
        return await stream_answer(request, model)

    async def _list_jobs(self, request: web.Request) -> web.Response:
        return self._page(request, [] if self.hidden else list(self.jobs.values())[::-1])

    async def _job(self, request: web.Request) -> web.Response:
        row = self.jobs.get(request.match_info["id"])
        if row is None:
            return web.json_response(UNKNOWN.body, status=404)
        return web.json_response(row)

    async def _cancel(self, request: web.Request) -> web.Response:
        return self._set(request, "cancelled")

    async def _pause(self, request: web.Request) -> web.Response:
        return self._set(request, "paused")

    async def _resume(self, request: web.Request) -> web.Response:
        return self._set(request, "running")

    def _set(self, request: web.Request, status: str) -> web.Response:
        row = self.jobs[request.match_info["id"]]
        row["status"] = status
        return web.json_response(row)

    async def _list_events(self, request: web.Request) -> web.Response:
        return self._page(request, self.events.get(request.match_info["id"], [])[::-1])

    async def _list_checkpoints(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        if name not in self.jobs:
            return web.json_response(UNKNOWN.body, status=404)
        return self._page(request, self.checkpoints.get(name, [])[::-1])

    async def _content(self, request: web.Request) -> web.Response:
        if request.headers.get("Accept") == "application/binary":  # none of OpenAI's description
            return web.Response(status=406)
        return web.Response(body=self.contents[request.match_info["id"]])

    async def _list_models(self, request: web.Request) -> web.Response:
        return self._page(request, list(self.models.values()))

    async def _model(self, request: web.Request) -> web.Response:
        row = self.models.get(request.match_info["id"])
        if row is None:
            return web.json_response(UNKNOWN.body, status=404)
        return web.json_response(row)

    async def _delete_model(self, request: web.Request) -> web.Response:
        if self.models.pop(request.match_info["id"], None) is None:
            return web.json_response(UNKNOWN.body, status=404)
        return web.json_response({"id": request.match_info["id"], "deleted": True})

    def _page(self, request: web.Request, rows: list[Any]) -> web.Response:
        after, limit = request.query.get("after"), int(request.query.get("limit", "20"))
        names = [row.get("id") if isinstance(row, dict) else None for row in rows]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        start = 0 if after is None or self.passes_over_after else names.index(after) + 1
        page = rows[start : start + limit]
        more = self.passes_over_after or start + limit < len(rows)
        return web.json_response({"object": "list", "data": page, "has_more": more})


@asynccontextmanager
async def provider_server(shape: Shape | None = None) -> AsyncGenerator[ProviderServer]:
    """A server that listens inside of the block."""
    server = ProviderServer(shape=shape or Shape())
    async with listening(server):
        yield server


@asynccontextmanager
async def listening(server: ProviderServer) -> AsyncGenerator[None]:
    """The server listens inside of the block; at its end it holds back no answer."""
    server.may_create.set()
    runner = web.AppRunner(server.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield
    finally:
        server.may_create.set()
        for held in server.holds:
            held.let_go.set()
        await runner.cleanup()
