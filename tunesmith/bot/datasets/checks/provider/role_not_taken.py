"""A role that the provider's messages do not have."""

from tunesmith.bot.datasets.example_view import ExampleView, Takes, role_name
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.rule import ProviderRule


def check(example: ExampleView, takes: Takes, found: Collector) -> None:
    """Each message; those without a role have another rule."""
    if takes.roles is None:
        return
    for at in example.messages:
        if "role" in at.message and at.role not in takes.roles:
            found.add(
                "role_not_taken",
                (*at.path, "role"),
                role=role_name(at.role),
                provider=takes.title,
                roles=takes.roles,
            )


RULE = ProviderRule(
    code="role_not_taken",
    severity=Severity.ERROR,
    check=check,
)
