"""Two messages in a row from user or assistant."""

from collections.abc import Iterator
from itertools import pairwise

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.formats import SPOKEN
from tunesmith.bot.datasets.rule import RolesRule


def check(roles: tuple[str, ...]) -> Iterator[int | None]:
    """The second of them."""
    for index, (before, role) in enumerate(pairwise(roles), 1):
        if role == before and role in SPOKEN:
            yield index


RULE = RolesRule(
    code="roles_not_alternating",
    severity=Severity.WARNING,
    check=check,
    bad=("user", "user", "assistant"),
    good=("user", "assistant"),
)
