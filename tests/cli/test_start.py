"""The command starts without what it does not need."""

import subprocess
import sys
from pathlib import Path

from tests.datasets.files import chats, write

_HEAVY = (
    "PIL",
    "aiohttp",
    "babel",
    "duckdb",
    "numpy",
    "openai",
    "pydantic",
    "sqlalchemy",
    "sqlglot",
)
_CODE = f"""
import runpy, sys
sys.argv[0] = "tunesmith"
try:
    runpy.run_module("tunesmith.bot", run_name="__main__")
except SystemExit:
    pass
print(*sorted(set({_HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""


def test_help_is_shown_without_any_heavy_library() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _CODE, "--help"], capture_output=True, text=True, check=True
    )
    assert "inspect" in found.stdout
    assert found.stderr.split() == []


def test_a_file_is_inspected_without_what_only_the_bot_needs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", chats())
    command = [sys.executable, "-c", _CODE, "inspect", str(path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "few_examples" in found.stdout
    assert set(found.stderr.split()) <= {"babel", "numpy", "pydantic"}
