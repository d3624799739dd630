"""Control calls with which a person attaches, reads and deletes files."""

from aiohttp import BodyPartReader, web
from pydantic import Field

from tunesmith.local.workspace import posting
from tunesmith.local.workspace.bodies import read_in_chunks
from tunesmith.local.workspace.control.acting import person_message
from tunesmith.local.workspace.control.common import Body, channel_of, check_person, thread_of
from tunesmith.local.workspace.errors import ControlError
from tunesmith.local.workspace.files import new_file
from tunesmith.local.workspace.records import File, Json
from tunesmith.local.workspace.render import render_file
from tunesmith.local.workspace.workspace import Workspace


class Attaching(Body):
    """The fields beside the files. Without `channel` the files stay private, for a file input."""

    user: str
    channel: str | None = None
    thread_ts: str | None = None
    text: str = ""
    file_count: int = Field(ge=1)


async def attach(ws: Workspace, request: web.Request) -> Json:
    """A person attaches files; they are posted as one message."""
    fields, files = await _read_form(ws, request)
    try:
        body = Attaching.model_validate(fields | {"file_count": len(files)})
        for file in files:
            file.user = check_person(ws, body.user)
        ts = _share(ws, body, files)
    except Exception:
        for file in files:
            ws.files.delete(file.id)
        raise
    return {"ts": ts, "files": [render_file(ws, file) for file in files]}


async def download(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """The bytes of a file, for the page."""
    file = ws.state.files.get(request.match_info["id"])
    if file is None or not file.uploaded:
        raise web.HTTPNotFound
    return send(ws, file)


async def delete(ws: Workspace, request: web.Request) -> Json:
    """A person deletes one of their own files."""
    user = check_person(ws, request.query.get("user", ""))
    file = ws.state.files.get(request.match_info["id"])
    if file is None:
        raise ControlError("file_not_found", "there is no such file", 404)
    if file.user != user:
        raise ControlError("cant_delete_file", f"{user} did not upload this file")
    posting.delete_file(ws, file, user)
    return {}


def send(ws: Workspace, file: File) -> web.FileResponse:
    """The bytes with their type; never as something a browser would run."""
    inert = file.mimetype.startswith("image/") and file.filetype != "svg"
    kind = file.mimetype if inert else "application/octet-stream"
    headers = {
        "Content-Type": kind,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
    return web.FileResponse(ws.files.path(file.id), headers=headers)


def _share(ws: Workspace, body: Attaching, files: list[File]) -> str | None:
    message = None
    if body.channel:
        channel = channel_of(ws, body.user, body.channel)
        message = person_message(ws, body.user, channel.id, body.text)
        message.thread_ts = thread_of(ws, channel, body.thread_ts)
        message.subtype = "file_share"
        message.files = [file.id for file in files]
    with ws.state.store.transaction():
        for file in files:
            ws.state.files.save(file.id, file)
        if message is not None:
            posting.post(ws, message)
    return message.ts if message else None


async def _read_form(ws: Workspace, request: web.Request) -> tuple[Json, list[File]]:
    if not request.content_type.startswith("multipart/"):
        raise ControlError("invalid_form_data", "send multipart/form-data")
    fields: Json = {}
    files: list[File] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        if part.filename is None:
            fields[part.name] = await part.text()
            continue
        file = new_file(ws.state, name=part.filename, user="")
        file.size = await ws.files.write(file.id, read_in_chunks(part))
        file.uploaded = file.completed = True
        files.append(file)
    return {key: value for key, value in fields.items() if value != ""}, files
