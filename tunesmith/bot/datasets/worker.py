"""A helper process: checks blocks that it is sent, until there are no more.

Started as `python -m tunesmith.bot.datasets.worker`; speaks pickles over standard input and
output with `workers.Workers`, which starts it. The first message is a function, the others are
its arguments.
"""

import pickle
import sys
from collections.abc import Callable
from typing import Any, cast


def main() -> None:
    """Read a task and its inputs, write its results."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    # Both ends are the same program, and nobody else has the pipe.
    task = cast("Callable[[Any], Any]", pickle.load(requests))  # noqa: S301
    while (request := pickle.load(requests)) is not None:  # noqa: S301
        pickle.dump(task(request), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    main()
