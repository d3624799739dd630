"""What the app asked of the Web API, for tests and curious people."""

from collections import deque

from tunesmith.local.workspace.records import Json

_KEPT = 50_000


class Calls:
    """The latest Web API calls, oldest first; kept in memory only."""

    def __init__(self) -> None:
        self._calls: deque[Json] = deque(maxlen=_KEPT)

    def record(self, method: str, verb: str, args: Json, at: float, error: str | None) -> None:
        """Note one call that came `at` (seconds since the epoch); no `error`: it succeeded."""
        self._calls.append(
            {
                "method": method,
                "verb": verb,
                "args": args,
                "at": at,
                "ok": error is None,
                "error": error,
            }
        )

    def list(self, method: str | None = None) -> list[Json]:
        """All calls, or those of one method."""
        return [call for call in self._calls if method is None or call["method"] == method]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()
