"""A helper process: checks blocks that it is sent, until there are no more.

Started by `workers` as `python -m tunesmith.bot.datasets.worker`, with the names of encodings to
load at once; speaks pickles over standard input and output. The first message is a function, the
others are its arguments.
"""

import contextlib
import importlib
import pickle
import sys
from collections.abc import Callable
from typing import Any, cast

from tunesmith.bot.datasets import tokens


def main() -> None:
    """Read a task and its inputs, write its results, until the asker hangs up."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    if sys.argv[1:]:
        importlib.import_module("tunesmith.bot.datasets.block")
    for encoding in sys.argv[1:]:
        tokens.count([""], encoding)
    # Both ends are the same program, and nobody else has the pipe.
    with contextlib.suppress(EOFError, BrokenPipeError):
        task = cast("Callable[[Any], Any]", pickle.load(requests))  # noqa: S301
        while True:
            answer = task(pickle.load(requests))  # noqa: S301
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    main()
