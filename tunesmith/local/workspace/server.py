"""Puts the workspace together as one aiohttp server on loopback."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tunesmith.local.workspace import downloads
from tunesmith.local.workspace.control.routes import routes as control_routes
from tunesmith.local.workspace.errors import SlackError
from tunesmith.local.workspace.faults import strike_after, strike_before
from tunesmith.local.workspace.guard import guard
from tunesmith.local.workspace.interactions import response_urls
from tunesmith.local.workspace.methods import endpoint, files, streams
from tunesmith.local.workspace.responses import json_response
from tunesmith.local.workspace.settings import Settings
from tunesmith.local.workspace.workspace import Workspace

_PAGE = Path(__file__).parent / "page"
# Spelled out, as the types that Python guesses differ between machines.
_PAGE_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

Handler = Callable[[Workspace, web.Request], Awaitable[web.StreamResponse]]
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def running(settings: Settings, port: int = 0) -> AsyncGenerator[Workspace]:
    """A workspace that listens on 127.0.0.1 inside the `with`; port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    ws = Workspace(settings)
    runner = web.AppRunner(_application(ws), access_log=None, shutdown_timeout=1)
    try:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        ws.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ws.deliveries.start()
        streams.resume(ws)
        files.resume(ws)
        yield ws
    finally:
        await runner.cleanup()
        ws.close()


def _application(ws: Workspace) -> web.Application:
    app = web.Application(
        middlewares=[guard(lambda: int(ws.base_url.rpartition(":")[2]))],
        client_max_size=64 * 1024 * 1024,
    )
    app.add_routes(control_routes(ws))
    download = _faulty(ws, "url_private", downloads.download)
    app.add_routes(
        [
            web.route("*", "/api/{method}", _bound(ws, endpoint.handle)),
            web.get("/link/", ws.sockets.serve),
            web.post("/upload/v1/{token}", _faulty(ws, "upload_url", downloads.upload)),
            web.get("/files-pri/{team}-{id}/{name}", download),
            web.get("/files-pri/{team}-{id}/download/{name}", download),
            web.post("/response/{team}/{id}", _faulty(ws, "response_url", response_urls.handle)),
            web.get("/", _index),
            web.get("/page/{path:.+}", _page),
        ]
    )

    async def hang_up(_app: web.Application) -> None:
        await ws.hang_up()

    app.on_shutdown.append(hang_up)
    return app


def _bound(ws: Workspace, handler: Handler) -> Endpoint:
    async def call(request: web.Request) -> web.StreamResponse:
        return await handler(ws, request)

    return call


def _faulty(ws: Workspace, name: str, handler: Handler) -> Endpoint:
    """An endpoint that is no Web API method, but can be made to fail under `name`."""

    async def call(request: web.Request) -> web.StreamResponse:
        fault = ws.faults.take(name)
        try:
            await strike_before(fault, request)
        except SlackError as error:
            return json_response({"ok": False, "error": error.code})
        response = await handler(ws, request)
        await strike_after(fault, request)
        return response

    return call


async def _index(_request: web.Request) -> web.StreamResponse:
    return _static(_PAGE / "index.html")


async def _page(request: web.Request) -> web.StreamResponse:
    path = (_PAGE / request.match_info["path"]).resolve()
    if not path.is_relative_to(_PAGE):
        raise web.HTTPNotFound
    return _static(path)


def _static(path: Path) -> web.StreamResponse:
    kind = _PAGE_TYPES.get(path.suffix)
    if kind is None or not path.is_file():
        raise web.HTTPNotFound
    # Revalidated every time, by the ETag that FileResponse sets.
    return web.FileResponse(path, headers={"Cache-Control": "no-cache", "Content-Type": kind})


async def serve(settings: Settings, port: int, ready: Callable[[str], None]) -> None:
    """Run until cancelled; `ready` is called with the address once it listens."""
    async with running(settings, port) as ws:
        ready(ws.base_url)
        await asyncio.Event().wait()
