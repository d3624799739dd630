"""An example in which there is nothing to learn."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import RolesRule


def check(roles: tuple[str, ...]) -> Iterator[int | None]:
    """The example as a whole."""
    if "assistant" not in roles:
        yield None


RULE = RolesRule(
    code="example_missing_assistant_message",
    severity=Severity.WARNING,
    check=check,
    bad=("user",),
    good=("user", "assistant"),
)
