"""An example that ends with a question."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import RolesRule


def check(roles: tuple[str, ...]) -> Iterator[int | None]:
    """The last message, where an earlier one is the assistant's."""
    if "assistant" in roles and roles[-1] != "assistant":
        yield len(roles) - 1


RULE = RolesRule(
    code="last_message_not_assistant",
    severity=Severity.WARNING,
    check=check,
    bad=("user", "assistant", "user"),
    good=("user", "assistant"),
)
