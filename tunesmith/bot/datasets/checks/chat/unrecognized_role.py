"""A role that the format does not know."""

from tunesmith.bot.datasets.checks.samples import QUESTION
from tunesmith.bot.datasets.example_view import MessageView
from tunesmith.bot.datasets.fields import ROLES
from tunesmith.bot.datasets.findings import Collector, Severity, kind_of
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import MessageRule


def check(at: MessageView, found: Collector) -> None:
    """In another case too: only the fix knows what is meant."""
    role = at.message["role"]
    if not isinstance(role, str) or role not in ROLES[at.kind]:
        shown = role if isinstance(role, str) else ""
        named = quoted(role) if isinstance(role, str) else kind_of(role)
        found.add("unrecognized_role", (*at.path, "role"), shown, role=named)


def fix(at: MessageView) -> bool:
    """A role in another case, or with white space around, is put right."""
    role = at.message.get("role")
    known = ROLES[at.kind]
    if not isinstance(role, str) or role in known or role.strip().lower() not in known:
        return False
    at.message["role"] = at.role = role.strip().lower()
    return True


RULE = MessageRule(
    code="unrecognized_role",
    severity=Severity.WARNING,
    key="role",
    check=check,
    fix=fix,
    bad={"role": "User", "content": "What is the weather in Seoul?"},
    good=QUESTION,
)
