"""An input that ends with an answer."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView, roles_of
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The outputs are the answers."""
    for path, messages in example.lists:
        if path == ("input", "messages") and roles_of(messages)[-1] == "assistant":
            found.add("preference_last_message", (*path, len(messages) - 1))


RULE = ExampleRule(
    code="preference_last_message",
    severity=Severity.WARNING,
    formats=frozenset({Format.PREFERENCE}),
    check=check,
    bad={
        "input": {"messages": [QUESTION, ANSWER]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
    good={
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
)
