"""Training files: read, check, count tokens, price, repair, split.

The names are imported when they are used: the helper processes that check large files import this
package too, and need little of it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunesmith.bot.datasets.inspection import inspect, inspect_sync
    from tunesmith.bot.datasets.report import Finding, Report
    from tunesmith.bot.datasets.verdict import Selection

__all__ = ["Finding", "Report", "Selection", "inspect", "inspect_sync"]

_MODULES = {
    "Finding": "report",
    "Selection": "verdict",
    "Report": "report",
    "inspect": "inspection",
    "inspect_sync": "inspection",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415

    if name in _MODULES:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(name)
