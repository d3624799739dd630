"""A server that is not Slack's: nothing may connect to it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager


class Elsewhere:
    """A server that is not Slack's, and how often somebody connected to it."""

    def __init__(self) -> None:
        self.connections = 0
        self.url = ""

    def connected(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        writer.close()


@asynccontextmanager
async def somewhere_else() -> AsyncGenerator[Elsewhere]:
    """Such a server while the block runs."""
    found = Elsewhere()
    server = await asyncio.start_server(found.connected, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    yield found
    server.close()
