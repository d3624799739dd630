"""A system message in the middle of a conversation."""

from collections.abc import Iterator

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import RolesRule


def check(roles: tuple[str, ...]) -> Iterator[int | None]:
    """Each of them."""
    for index, role in enumerate(roles):
        if index and role == "system":
            yield index


RULE = RolesRule(
    code="system_not_first",
    severity=Severity.WARNING,
    check=check,
    bad=("user", "system", "assistant"),
    good=("system", "user", "assistant"),
)
