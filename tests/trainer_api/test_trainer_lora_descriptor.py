"""What the engine `lora` says of itself; needs none of its libraries."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from tunesmith.local.trainer.descriptor import (
    DESCRIPTOR_FILE,
    OUR_ENGINES,
    EngineError,
    read_engines,
)
from tunesmith.local.trainer.engines import lora
from tunesmith.local.trainer.engines.lora.settings import Settings

SAID = tomllib.loads((OUR_ENGINES / "lora" / DESCRIPTOR_FILE).read_text("utf-8"))
PAGE = (Path(__file__).parents[2] / "docs/lora-engine.md").read_text("utf-8")


def test_its_hyperparameters_are_those_of_the_engine_and_of_its_page():
    defaults = {name: one["default"] for name, one in SAID["hyperparameters"].items()}
    assert defaults == Settings().model_dump()
    documented = dict(re.findall(r"^\| `(\w+)` \| `?([^`|]+?)`? \|", PAGE, re.MULTILINE))
    assert documented == {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in defaults.items()
    }


def test_it_can_be_looked_at_without_its_libraries_and_says_which_are_missing(tmp_path: Path):
    assert callable(lora.load)
    assert callable(lora.load_base)
    bare = Path(sys.base_prefix) / "bin" / "python3"
    (tmp_path / DESCRIPTOR_FILE).write_text(
        f'like = "lora"\ninterpreter = "{bare}"\n[[models]]\nname = "a"\npath = "a"\n'
    )
    with pytest.raises(EngineError, match=r"does not find the module .*torch, transformers, peft"):
        read_engines([tmp_path])
