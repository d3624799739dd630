"""Names that the tests and their processes share; imports nothing heavy."""

from pathlib import Path

BASE = "tiny-1m-scratch"
FAKE = Path(__file__).parent
KEY = "sk-local-test"
ROOT = Path(__file__).parents[2]
