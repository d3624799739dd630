"""An example without a question."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import RolesRule


def check(roles: tuple[str, ...]) -> Iterator[int | None]:
    """The example as a whole."""
    if "user" not in roles:
        yield None


RULE = RolesRule(
    code="missing_user_message",
    severity=Severity.WARNING,
    check=check,
    bad=("assistant",),
    good=("user", "assistant"),
)
