"""`python -m tests.chaos`: people's journeys under kills and faults, and what was lost."""

import asyncio
import secrets
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tests.chaos.report import failures, table
from tests.chaos.run import Plan, run

app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)


class Kind(StrEnum):
    """Which database the bot works on."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@app.command()
def main(
    *,
    seed: Annotated[int | None, typer.Option(help="Names a run, to make it again.")] = None,
    journeys: Annotated[int, typer.Option(min=1)] = 200,
    kills: Annotated[int, typer.Option(min=0)] = 500,
    faults: Annotated[bool, typer.Option(help="Whether to inject faults.")] = True,
    database: Annotated[Kind, typer.Option()] = Kind.SQLITE,
    replicas: Annotated[int, typer.Option(min=1, max=8)] = 1,
    minutes: Annotated[float, typer.Option(help="The most that the journeys may take.")] = 40,
) -> None:
    """Let people work while the bot is killed and everything around it fails.

    Ends with 1 where anything was lost, doubled, excused or left undone; then it names the folder
    with every process's log.
    """
    chosen = secrets.randbelow(2**31) if seed is None else seed
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    url = None
    if database is Kind.POSTGRESQL:
        raise NotImplementedError
    plan = Plan(
        seed=chosen,
        journeys=journeys,
        kills=kills,
        replicas=replicas,
        minutes=minutes,
        folder=folder,
        database=url,
        fault_every=2.0 if faults else float("inf"),
    )
    typer.echo(f"seed {chosen}, {database}, {replicas} replicas, in {folder}")
    outcome = asyncio.run(run(plan))
    typer.echo(table(outcome))
    if not outcome.verdict.clean or len(outcome.journeys) < journeys or outcome.kills < kills:
        typer.echo(failures(outcome))
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
