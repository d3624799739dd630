"""The ways to write what was found: one module for each value of `--output-format`."""

from importlib import import_module
from typing import TextIO, cast

from tunesmith.bot.cli.inspect.choices import OutputFormat
from tunesmith.bot.cli.inspect.outputs.output import Checked, Output

__all__ = ["Checked", "Output", "output"]


def output(chosen: OutputFormat | None, stream: TextIO) -> Output:
    """The output that was chosen; else grouped on a terminal, and a line for each finding."""
    if chosen is None:
        chosen = OutputFormat.GROUPED if stream.isatty() else OutputFormat.TEXT
    module = import_module(f"{__name__}.{chosen}")  # only the one that is needed
    return cast("type[Output]", module.OUTPUT)(stream)
