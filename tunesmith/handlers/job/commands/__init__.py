"""What stands behind `/tune`, or behind a mention in a thread: one module a group of subcommands.

`subcommands.py` is the table of all of them, `running.py` runs one.
"""

from tunesmith.handlers.job.commands.running import register, run, safe_reply, subscribe
from tunesmith.handlers.job.commands.start import file_to_start
from tunesmith.handlers.job.commands.subcommands import (
    help_reply,
    is_subcommand,
    usage_hint,
)

__all__ = [
    "file_to_start",
    "help_reply",
    "is_subcommand",
    "register",
    "run",
    "safe_reply",
    "subscribe",
    "usage_hint",
]
