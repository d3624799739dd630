"""`python -m tunesmith.local.trainer` in every respect, but training with the fake engine."""

import typer
from conftest import BASE

from tunesmith.local.trainer import __main__ as door
from tunesmith.local.trainer import server

if __name__ == "__main__":
    server.ENGINES = {BASE: "fake_engine"}
    typer.run(door.main)
