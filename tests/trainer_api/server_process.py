"""`python -m tunesmith.local.trainer` in every respect, but training with the fake engine."""

import os

import typer

from tests.trainer_api import FAKE
from tests.trainer_api.fake_engine import SERVER_PID
from tunesmith.local.trainer import __main__ as entry_point
from tunesmith.local.trainer import server

if __name__ == "__main__":
    os.environ[SERVER_PID] = str(os.getpid())
    server.ENGINES = (FAKE,)
    typer.run(entry_point.main)
