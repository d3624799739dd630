"""A progress bar on the terminal, for work that takes more than two seconds."""

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_SECONDS = 2.0


@contextmanager
def progress(doing: str) -> Generator[Callable[[float], None]]:
    """Show how far the work is; gives a function to call with a share from 0 to 1.

    Until it is called, the bar only says that work goes on. It stands on stderr, only where that
    is a terminal, and goes away at the end.
    """
    if not sys.stderr.isatty():
        yield _nothing
        return
    bar = _Bar(doing)
    timer = threading.Timer(_SECONDS, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar.set
    finally:
        timer.cancel()
        bar.remove()


def _nothing(_: float) -> None:
    """Show nothing."""


class _Bar:
    """The bar: shown by the timer's thread, moved and removed by the one that works."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._share: float | None = None
        self._shown: Progress | None = None
        self._removed = False
        self._lock = threading.Lock()

    def show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - most work takes no two seconds
        from rich.progress import Progress  # noqa: PLC0415

        with self._lock:
            if self._removed:
                return
            self._shown = Progress(console=Console(stderr=True), transient=True)
            self._shown.add_task(self._doing, total=None)
            self._shown.start()
            self._move()

    def set(self, share: float) -> None:
        with self._lock:
            self._share = share
            self._move()

    def remove(self) -> None:
        with self._lock:
            self._removed = True
            if self._shown is not None:
                self._shown.stop()

    def _move(self) -> None:
        if self._shown is not None and self._share is not None:
            self._shown.update(self._shown.task_ids[0], total=1.0, completed=self._share)
