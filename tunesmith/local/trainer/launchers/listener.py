"""Where engines on other machines fetch their job and bring back what they made.

A server of its own beside the API: it knows jobs and nothing else, and each job has a token of its
own, which the submission carries. A worker needs the standard library (node/worker.py).
"""

import asyncio
import hashlib
import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from tunesmith.local.trainer.folders import Folders
from tunesmith.local.trainer.jobs import Control
from tunesmith.local.trainer.launchers.remote import (
    RemoteFolder,
    Sent,
    StaleError,
    Update,
    listing,
    may_send,
)

_JOB_ID = re.compile(r"ftjob-\w+", re.ASCII)
_HEADER_BYTES = 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
ControlOf = Callable[[str], Awaitable[Control | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the routes share. `control_of` says what the engine of a job is to do."""

    folders: Folders
    secret: bytes
    control_of: ControlOf
    heard: Callable[[Path], None]
    locks: dict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))


class _Stay(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    submission: str
    stay: str


class _Given(BaseModel):
    files: list[Sent]
    parent: list[Sent] | None


class _Answer(BaseModel):
    control: Control | None
    received: int = 0


_DESK = web.AppKey("desk", Desk)
routes = web.RouteTableDef()


def secret_of(folders: Folders) -> bytes:
    """What the jobs' tokens are derived from: made once, readable by the server alone."""
    file = folders.root / "jobs.secret"
    if not file.exists():
        draft = file.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        draft.replace(file)
    return file.read_bytes()


def token_of(secret: bytes, job_id: str) -> str:
    """The token that lets a worker have one job, and no other."""
    return hmac.new(secret, job_id.encode(), hashlib.sha256).hexdigest()


def create_app(desk: Desk) -> web.Application:
    """The routes, each behind the token of its job."""
    app = web.Application(middlewares=[_require_token])
    app[_DESK] = desk
    app.add_routes(routes)
    return app


@web.middleware
async def _require_token(request: web.Request, handler: Handler) -> web.StreamResponse:
    job_id = request.match_info.get("job_id", "")
    desk = request.app[_DESK]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = token_of(desk.secret, job_id).encode()
    if (
        scheme.lower() != "bearer"
        or not hmac.compare_digest(token.encode("utf-8", "replace"), known)
        or not _JOB_ID.fullmatch(job_id)
    ):
        raise web.HTTPUnauthorized
    if not desk.folders.job(job_id).is_dir():
        raise web.HTTPNotFound
    try:
        return await handler(request)
    except StaleError as error:
        raise web.HTTPConflict(text="Another worker has this job now, or it has ended.") from error
    except ValidationError as error:
        raise web.HTTPBadRequest(text=str(error)) from error


@routes.post("/jobs/{job_id}/stays")
async def begin(request: web.Request) -> web.Response:
    """A worker begins; those before it may not write any more."""
    desk, folder = _job(request)
    asked = _Stay.model_validate_json(await request.read())
    async with desk.locks[folder.path.name]:
        await asyncio.to_thread(folder.begin, asked.submission, asked.stay)
    desk.heard(folder.path)
    return _json(_Answer(control=await desk.control_of(folder.path.name)))


@routes.get("/jobs/{job_id}")
async def given(request: web.Request) -> web.Response:
    """The files that the job begins or goes on with."""
    _, folder = _job(request)

    def look() -> _Given:
        parent = folder.parent()
        return _Given(files=folder.given(), parent=None if parent is None else listing(parent))

    return _json(await asyncio.to_thread(look))


@routes.get("/jobs/{job_id}/files/{name:.+}")
async def file_of_job(request: web.Request) -> web.FileResponse:
    """One of the job's files."""
    _, folder = _job(request)
    files = await asyncio.to_thread(folder.given)
    return _file(folder.path, request.match_info["name"], files)


@routes.get("/jobs/{job_id}/parent/{name:.+}")
async def file_of_parent(request: web.Request) -> web.FileResponse:
    """One of the files of the model to go on from."""
    _, folder = _job(request)
    parent = await asyncio.to_thread(folder.parent)
    if parent is None:
        raise web.HTTPNotFound
    return _file(parent, request.match_info["name"], await asyncio.to_thread(listing, parent))


@routes.post("/jobs/{job_id}/updates")
async def update(request: web.Request) -> web.Response:
    """What the engine has told and written since the last time; the answer has its orders."""
    desk, folder = _job(request)
    header = await _header(request)
    if not all(may_send(sent.name) for sent in header.files):
        raise web.HTTPBadRequest(text="A file has a name that it cannot have.")
    async with desk.locks[folder.path.name]:
        events = await request.content.readexactly(header.events)
        arrived = None
        if header.files:
            arrived = await asyncio.to_thread(folder.arriving)
            for number, sent in enumerate(header.files):
                await _receive(request, arrived / str(number), sent.size)
        received = await asyncio.to_thread(folder.apply, header, events, arrived)
    desk.heard(folder.path)
    control = await desk.control_of(folder.path.name)
    return _json(_Answer(control=control, received=received))


def _job(request: web.Request) -> tuple[Desk, RemoteFolder]:
    desk = request.app[_DESK]
    return desk, RemoteFolder(desk.folders.job(request.match_info["job_id"]))


def _json(answer: BaseModel) -> web.Response:
    return web.json_response(text=answer.model_dump_json())


def _file(folder: Path, name: str, files: list[Sent]) -> web.FileResponse:
    if not any(sent.name == name for sent in files):
        raise web.HTTPNotFound
    return web.FileResponse(folder / name)


async def _header(request: web.Request) -> Update:
    """The first line of the body."""
    size = int(request.headers.get("X-Header-Bytes", "0"))
    if not 0 < size <= _HEADER_BYTES:
        raise web.HTTPBadRequest(text="X-Header-Bytes does not say how long the header is.")
    return Update.model_validate_json(await request.content.readexactly(size))


async def _receive(request: web.Request, path: Path, size: int) -> None:
    """Write the next `size` bytes of the body to a file. Raises where there are fewer."""
    with path.open("wb") as file:
        while size:
            chunk = await request.content.read(min(size, _CHUNK_BYTES))
            if not chunk:
                raise web.HTTPBadRequest(text="The body is shorter than its header says.")
            await asyncio.to_thread(file.write, chunk)
            size -= len(chunk)
