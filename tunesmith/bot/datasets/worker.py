"""A helper process: checks blocks that it is sent, until there are no more.

Started as `python -m tunesmith.bot.datasets.worker`; speaks pickles over standard input and
output with `workers.Workers`, which starts it. The first message is a function, the others are
its arguments.
"""

import contextlib
import pickle
import sys
from collections.abc import Callable
from typing import Any, cast


def main() -> None:
    """Read a task and its inputs, write its results, until the asker hangs up."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    # Both ends are the same program, and nobody else has the pipe.
    with contextlib.suppress(EOFError, BrokenPipeError):
        task = cast("Callable[[Any], Any]", pickle.load(requests))  # noqa: S301
        while True:
            answer = task(pickle.load(requests))  # noqa: S301
            pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    main()
