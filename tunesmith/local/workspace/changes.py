"""Live updates: who is looking at the workspace hears of every change."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from tunesmith.local.workspace.records import Json

_BACKLOG = 10_000  # changes a viewer may fall behind before it is cut off


class Changes:
    """Hands each change to every subscriber that may see it."""

    def __init__(self) -> None:
        self._viewers: list[tuple[str | None, asyncio.Queue[Json | None]]] = []

    @contextmanager
    def subscribe(self, user: str | None) -> Generator[asyncio.Queue[Json | None]]:
        """A queue of changes that `user` sees (None: the ones everyone sees); None ends it."""
        viewer = (user, asyncio.Queue[Json | None](_BACKLOG))
        self._viewers.append(viewer)
        try:
            yield viewer[1]
        finally:
            if viewer in self._viewers:
                self._viewers.remove(viewer)

    def publish(self, change: Json, user: str | None = None) -> None:
        """Tell everyone, or only `user`. A viewer too far behind is cut off and starts anew."""
        for viewer in list(self._viewers):
            name, queue = viewer
            if user is not None and name != user:
                continue
            if queue.full():
                self._viewers.remove(viewer)
                queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(change)

    def close(self) -> None:
        """End every subscription."""
        for _, queue in self._viewers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(None)
