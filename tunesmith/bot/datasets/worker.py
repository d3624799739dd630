"""Helper processes: check blocks that they are sent, until there are no more.

Started by `workers` as `python -m tunesmith.bot.datasets.worker ENCODING [FD:FD ...]`. It loads the
vocabulary of the encoding once ("-" for none), then becomes as many helpers as it was given pairs
of pipes beside standard input and output, by forking: it has no threads and nothing open that is
not meant for them. Each reads and writes pickles on its pipes: a message is a function and its
argument.
"""

import contextlib
import gc
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias, cast

# Loaded before the fork, for all.
import tunesmith.bot.datasets.block  # pyright: ignore[reportUnusedImport]
import tunesmith.bot.datasets.comparison  # noqa: F401  # pyright: ignore[reportUnusedImport]
from tunesmith.bot.datasets import tokens

# A block leaves no cycles, and looking for them takes a tenth of the time that reading it takes.
_GARBAGE = 100_000


_Message: TypeAlias = tuple[Callable[[Any], Any], Any]


class Pipes(NamedTuple):
    """The ends that a helper reads requests from and writes answers to, as file descriptors."""

    requests: int
    answers: int


def main() -> None:
    """Load what all need, fork, and work until the caller closes the pipe."""
    encoding, *others = sys.argv[1:]
    if encoding in tokens.OFFLINE_ENCODINGS:
        tokens.count([""], encoding)
    gc.freeze()  # what is loaded stays: neither looked through again nor copied after a fork
    gc.set_threshold(_GARBAGE)
    _serve(_fork([Pipes(0, 1), *(Pipes(*map(int, each.split(":"))) for each in others)]))
    with contextlib.suppress(ChildProcessError):  # where it has forked none, or no longer
        while True:
            os.wait()
    os._exit(0)  # Python would take its time to tidy up what nobody needs any more


def _fork(all_pipes: Sequence[Pipes]) -> Pipes:
    """Become as many processes as there are pipes, and give each its own."""
    own, *others = all_pipes
    for pipes in others:
        if os.fork() == 0:
            own = pipes
            break
    # A caller sees that a worker ended only when nobody holds the other end.
    for pipes in all_pipes:
        if pipes is not own:
            os.close(pipes.requests)
            os.close(pipes.answers)
    return own


def _serve(pipes: Pipes) -> None:
    """Read tasks with their inputs, write their results."""
    with (
        open(pipes.requests, "rb") as requests,  # noqa: PTH123 - a descriptor
        open(pipes.answers, "wb") as answers,  # noqa: PTH123
        # Both ends are the same program, and nobody else has the pipe.
        contextlib.suppress(EOFError, BrokenPipeError),
    ):
        while True:
            task, request = cast("_Message", pickle.load(requests))  # noqa: S301
            pickle.dump(task(request), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()


if __name__ == "__main__":
    main()
