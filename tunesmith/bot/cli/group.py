"""How every command ends: quietly where nobody reads its output any more."""

import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

# What a shell reports of a program that was ended by SIGPIPE (13).
_PIPE_CLOSED = 128 + 13


class CommandGroup(TyperGroup):
    """The commands. `tunesmith ... | head` ends without a word, with the exit code 141."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and write all of its output while an error can still be handled."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python writes the rest of its buffer as it exits: to nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_PIPE_CLOSED) from None
