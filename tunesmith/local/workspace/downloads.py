"""`url_private` and upload URLs: the bytes of files as Slack's own hosts serve and take them."""

from aiohttp import BodyPartReader, web

from tunesmith.local.workspace import people
from tunesmith.local.workspace.bodies import read_in_chunks
from tunesmith.local.workspace.control.files import send
from tunesmith.local.workspace.conversations import bot_sees
from tunesmith.local.workspace.records import File
from tunesmith.local.workspace.workspace import Workspace

_LOGIN_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in to Local workspace</title></head>
<body><h1>Sign in to Local workspace</h1><p>You need to sign in to see this page.</p></body></html>
"""


async def download(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """A file's bytes for the bot token with `files:read`; otherwise, as in Slack, a log-in page
    with status 200.
    """
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if bearer != people.BOT_TOKEN or "files:read" not in ws.manifest.scopes:
        return web.Response(text=_LOGIN_PAGE, content_type="text/html")
    file = ws.state.files.get(request.match_info["id"])
    if file is None or not file.uploaded or not bot_sees(ws, file):
        raise web.HTTPNotFound
    response = send(ws, file)
    response.headers["Content-Type"] = file.mimetype
    return response


async def upload(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """The bytes of an upload begun with `files.getUploadURLExternal`, raw or as a form."""
    file = _awaited(ws, request.match_info["token"])
    if request.content_type.startswith("multipart/"):
        part = await (await request.multipart()).next()
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="no file")
        size = await ws.files.write(file.id, read_in_chunks(part))
    else:
        size = await ws.files.write(file.id, read_in_chunks(request.content))
    file.size = size
    file.uploaded = True
    ws.state.files.save(file.id, file)
    return web.Response(text=f"OK - {size}")


def _awaited(ws: Workspace, token: str) -> File:
    for file in ws.state.files:
        if file.upload_token == token and not file.completed:
            return file
    raise web.HTTPNotFound
