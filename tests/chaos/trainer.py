"""`python -m tunesmith.local.trainer` in every respect, but with the engine of this folder."""

import typer

from tests.trainer_api import BASE
from tunesmith.local.trainer import __main__ as entry_point
from tunesmith.local.trainer import server

if __name__ == "__main__":
    server.ENGINES = {BASE: "tests.chaos.engine"}
    typer.run(entry_point.main)
