"""Reinforcement examples: a conversation that ends with the question, and reference fields.

Source: the reference of OpenAI's `FineTuneReinforcementRequestInput`: `messages` and `tools`, and
any other keys as the grader's reference data.
"""

from tunesmith.bot.datasets.checks import chat, tools
from tunesmith.bot.datasets.findings import Collector, JsonObject, Rule, error, warning

RULES: dict[str, Rule] = {
    "reinforcement_last_message": error(),
    "missing_reference": warning(),
}


def check(example: JsonObject, found: Collector) -> None:
    """Check one reinforcement example."""
    messages = example.get("messages")
    if not isinstance(messages, list) or not messages:
        found.add("missing_messages_list", ("messages",))
        return
    chat.check_messages(messages, ("messages",), found, chat.REINFORCEMENT_ROLES)
    tools.check(example, messages, found)
    last = chat.roles_of(messages)[-1]
    if last != "user":
        found.add(
            "reinforcement_last_message", ("messages", len(messages) - 1), role=chat.role_name(last)
        )
    if not any(key not in chat.EXAMPLE_KEYS for key in example):
        found.add("missing_reference")
