"""`python -m tunesmith.local.trainer` in every respect, but training with the fake engine."""

import typer

from tests.trainer_api import BASE, FAKE
from tunesmith.local.trainer import __main__ as door
from tunesmith.local.trainer import server

if __name__ == "__main__":
    server.ENGINES = {BASE: FAKE}
    typer.run(door.main)
