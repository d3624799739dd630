"""What stands behind `/tune`, or behind a mention in a thread: one module a group of subcommands.

`subcommands.py` is the table of all of them, `running.py` runs one.
"""

from tunesmith.handlers.job.commands.running import register, run, safe_reply, subscribe
from tunesmith.handlers.job.commands.start import newest_dataset
from tunesmith.handlers.job.commands.subcommands import (
    help_reply,
    is_subcommand,
    usage_hint,
)

__all__ = [
    "help_reply",
    "is_subcommand",
    "newest_dataset",
    "register",
    "run",
    "safe_reply",
    "subscribe",
    "usage_hint",
]
