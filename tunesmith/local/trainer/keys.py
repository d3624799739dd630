"""The keys of teams: `python -m tunesmith.local.trainer.keys add TEAM --data DIR`.

Each team sees its own files, jobs and models alone. The server may run meanwhile: a key counts, and
counts no more, from the next request on.
"""

import re
import secrets
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from tunesmith.local.trainer.api.access import hashed
from tunesmith.local.trainer.api.store import Store, StoredKey
from tunesmith.local.trainer.folders import Folders

app = typer.Typer(help="Keys for teams that share a trainer.", no_args_is_help=True)

_Data = Annotated[Path, typer.Option(help="The folder in which the trainer keeps everything.")]
_TEAM = r"^[a-z0-9][a-z0-9-]{0,31}$"
_SHOWN = 12
"""How much of a key's hash names it."""


@contextmanager
def _store(data: Path) -> Generator[Store]:
    store = Store(Folders.create(data).database)
    try:
        yield store
    finally:
        store.close()


def _team(name: str) -> str:
    if not re.fullmatch(_TEAM, name):
        raise typer.BadParameter("small letters, digits and hyphens, at most 32")
    return name


@app.command()
def add(
    team: Annotated[str, typer.Argument(callback=_team, help="Whose key it is.")],
    data: _Data,
    requests_per_minute: Annotated[
        int | None, typer.Option(min=1, help="As many as come, where it is not given.")
    ] = None,
) -> None:
    """Make a key and print it: it is shown this once, and only its hash is kept."""
    key = f"sk-{team}-{secrets.token_urlsafe(32)}"
    stored = StoredKey(
        id=hashed(key),
        team=team,
        hint=key[-4:],
        created_at=int(time.time()),
        requests_per_minute=requests_per_minute,
    )
    with _store(data) as store:
        store.do(lambda: store.keys.add(stored, team))
    typer.echo(key)


@app.command("list")
def list_keys(data: _Data) -> None:
    """Every key's id, team, last letters, limit and the day on which it was made (UTC)."""
    with _store(data) as store:
        for key in store.do(store.keys.all):
            limit = f"{key.requests_per_minute}/min" if key.requests_per_minute else "no limit"
            day = time.strftime("%Y-%m-%d", time.gmtime(key.created_at))
            typer.echo(f"{key.id[:_SHOWN]}  {key.team}  ...{key.hint}  {limit}  {day}")


@app.command()
def remove(
    key_id: Annotated[str, typer.Argument(help="As `list` shows it.")],
    data: _Data,
) -> None:
    """Take a key back. What its team has made stays."""
    with _store(data) as store:
        found = [key for key in store.do(store.keys.all) if key.id.startswith(key_id)]
        if len(found) != 1:
            typer.echo(f"There is no key {key_id}.", err=True)
            raise typer.Exit(1)
        store.do(lambda: store.keys.remove(found[0].id))


if __name__ == "__main__":
    app()
