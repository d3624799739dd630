"""`GET /control/stream`: a WebSocket that tells of every change, one JSON object each."""

import asyncio

import orjson
from aiohttp import web

from tunesmith.local.workspace.workspace import Workspace


async def serve(ws: Workspace, request: web.Request) -> web.StreamResponse:
    """Send changes until the viewer leaves, falls too far behind, or the server stops."""
    socket = web.WebSocketResponse(heartbeat=20, timeout=0.5)
    with ws.changes.subscribe(request.query.get("user")) as changes:
        await socket.prepare(request)
        leaving = asyncio.create_task(_until_left(socket))
        try:
            while not leaving.done():
                following = asyncio.create_task(changes.get())
                await asyncio.wait({leaving, following}, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    following.cancel()
                    break
                change = following.result()
                if change is None:
                    break
                await socket.send_str(orjson.dumps(change).decode())
        except ConnectionError:
            pass
        finally:
            leaving.cancel()
            await socket.close()
    return socket


async def _until_left(socket: web.WebSocketResponse) -> None:
    async for _ in socket:
        pass
