"""`python -m tests.chaos`: people's journeys under kills and faults, and what was lost."""

import asyncio
import secrets
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tests.chaos.databases import Stored, postgresql, sqlite_in
from tests.chaos.report import failures, table
from tests.chaos.run import Outcome, Plan, run

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
    typer.echo(f"seed {chosen}, {database}, replicas: {replicas}, in {folder}")

    async def run_all() -> Outcome:
        async with _database(database, folder) as stored:
            every = 2.0 if faults else float("inf")
            return await run(
                Plan(chosen, journeys, kills, replicas, minutes, folder, stored, fault_every=every)
            )

    outcome = asyncio.run(run_all())
    typer.echo(table(outcome))
    if not outcome.verdict.clean or len(outcome.journeys) < journeys or outcome.kills < kills:
        typer.echo(failures(outcome))
        raise typer.Exit(1)


@asynccontextmanager
async def _database(kind: Kind, folder: Path) -> AsyncGenerator[Stored]:
    if kind is Kind.SQLITE:
        yield sqlite_in(folder / "bot")
        return
    async with postgresql() as stored:
        yield stored


if __name__ == "__main__":
    app()
