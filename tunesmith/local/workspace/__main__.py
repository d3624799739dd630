"""`python -m tunesmith.local.workspace`: run the workspace until it is told to stop."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tunesmith.local.workspace.server import serve
from tunesmith.local.workspace.settings import Settings


def main(
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes a free one.")] = 8765,
    data: Annotated[
        Path | None, typer.Option(help="Where to keep state; default: nowhere.")
    ] = None,
    manifest: Annotated[Path | None, typer.Option(help="The app's manifest.yml.")] = None,
    request_url: Annotated[
        str | None, typer.Option(help="POST to this URL instead of using Socket Mode.")
    ] = None,
    retry_delays: Annotated[
        str, typer.Option(help="Seconds before each further delivery of an unacknowledged event.")
    ] = "0,60,300",
    stream_seconds: Annotated[float, typer.Option(help="How long a stream stays open.")] = 300.0,
    rate_limits: Annotated[
        bool, typer.Option("--rate-limits", help="Keep Slack's rate limits.")
    ] = False,
) -> None:
    """A Slack-compatible workspace on this machine."""
    try:
        settings = Settings(
            data=data,
            manifest=manifest,
            request_url=request_url,
            retry_delays=tuple(float(delay) for delay in retry_delays.split(",") if delay.strip()),
            stream_seconds=stream_seconds,
            rate_limits=rate_limits,
        )
        asyncio.run(_run(settings, port))
    except (OSError, ValueError) as error:
        typer.echo(f"The workspace cannot start: {error}", err=True)
        sys.exit(1)


async def _run(settings: Settings, port: int) -> None:
    server = asyncio.ensure_future(serve(settings, port, _announce))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.cancel)
    try:
        await server
    except asyncio.CancelledError:
        if not server.cancelled():
            raise


def _announce(url: str) -> None:
    typer.echo(json.dumps({"ready": True, "url": url}))
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
