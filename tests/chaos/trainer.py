"""`python -m tunesmith.local.trainer` in every respect, but with the engine of this folder."""

from pathlib import Path

import typer

from tunesmith.local.trainer import __main__ as entry_point
from tunesmith.local.trainer import server

if __name__ == "__main__":
    server.ENGINES = (Path(__file__).parent,)
    typer.run(entry_point.main)
