"""Tools and their calls, where the provider does not train on them."""

from tunesmith.bot.datasets.example_view import ExampleView, Takes
from tunesmith.bot.datasets.findings import Collector, Path, Severity
from tunesmith.bot.datasets.rule import ProviderRule

_DECLARATIONS = ("tools", "functions")
_CALLS = ("tool_calls", "function_call")


def check(example: ExampleView, takes: Takes, found: Collector) -> None:
    """One finding for each declaration and each message that calls."""
    if takes.tools:
        return
    places: list[Path] = [
        (*example.holder_path, key) for key in _DECLARATIONS if example.holder.get(key)
    ]
    places += [(*at.path, key) for at in example.messages for key in _CALLS if at.message.get(key)]
    for path in places:
        found.add("tools_not_taken", path, provider=takes.title)


RULE = ProviderRule(
    code="tools_not_taken",
    severity=Severity.ERROR,
    check=check,
)
