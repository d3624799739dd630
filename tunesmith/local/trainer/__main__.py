"""Console entry point: `python -m tunesmith.local.trainer --port 8766 --data DIR --api-key KEY`."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from tunesmith.local.trainer.descriptor import EngineError
from tunesmith.local.trainer.server import FolderInUseError, NoKeyError, serve


def main(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")],
    data: Annotated[Path, typer.Option(help="The folder in which everything is kept.")],
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="TUNESMITH_TRAINER_API_KEY",
            help="The key that clients must send, beside those of teams.",
        ),
    ] = None,
    slots: Annotated[int, typer.Option(min=1, help="How many jobs train at the same time.")] = 1,
    engine: Annotated[
        list[Path] | None, typer.Option(help="The folder of a further engine; may be repeated.")
    ] = None,
) -> None:
    """A fine-tuning API on this machine that speaks OpenAI's protocol and really trains."""

    def ready(url: str) -> None:
        typer.echo(json.dumps({"ready": True, "url": url}))

    try:
        asyncio.run(serve(data, api_key, port=port, slots=slots, engines=engine or (), ready=ready))
    except (OSError, EngineError, FolderInUseError, NoKeyError) as error:
        typer.echo(f"The trainer cannot start: {error}", err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)
