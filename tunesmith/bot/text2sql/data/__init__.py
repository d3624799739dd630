"""The words behind the questions, as data: phrasings, lexicon, vocabulary and more."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def read(name: str) -> dict[str, Any]:
    """The data file `name`.toml of this folder."""
    return tomllib.loads((resources.files(__name__) / f"{name}.toml").read_text("utf-8"))
