"""An engine that says what a job needs, and trains nothing."""

from pathlib import Path

# As much as `--measure` needs; it counts how often it was asked.
_ENGINE = """
import json, os, sys
assert sys.argv[1] == "--measure"
job = json.load(open(os.path.join(sys.argv[2], "job.json")))
with open(os.path.join(os.path.dirname(__file__), "asked"), "a") as file:
    file.write("x")
if job["extra"]["context_length"] == 13:
    sys.exit(1)
fits = job["extra"]["context_length"] <= 2048
print(json.dumps({
    "start_seconds": 10, "tokens_per_second": 50 if fits else None, "fits": fits,
    "memory_bytes": 14_000_000_000, "memory_total_bytes": 24_000_000_000,
    "instead": {} if fits else {"context_length": 4096, "quantization": "4bit"},
}))
"""
_DESCRIPTOR = """
module = "measuring_engine"
methods = ["supervised"]
capabilities = ["measures", "data-parallel"]
[hyperparameters.context_length]
default = CONTEXT
[[models]]
name = "NAME"
"""


def measuring_engine(folder: Path, name: str = "ours-1b", context: int = 2048) -> Path:
    """Its folder; a job fits with a context of up to 2,048 tokens."""
    folder.mkdir()
    said = _DESCRIPTOR.replace("NAME", name).replace("CONTEXT", str(context))
    (folder / "engine.toml").write_text(said)
    (folder / "measuring_engine.py").write_text(_ENGINE)
    return folder
