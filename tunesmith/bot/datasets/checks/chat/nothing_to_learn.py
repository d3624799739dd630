"""An example in which no assistant message counts."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Messages with the weight 0 are not learnt."""
    weights = [at.message.get("weight", 1) for at in example.messages if at.role == "assistant"]
    if weights and all(weight == 0 for weight in weights):
        found.add("nothing_to_learn", ("messages",))


RULE = ExampleRule(
    code="nothing_to_learn",
    severity=Severity.WARNING,
    formats=frozenset({Format.CHAT}),
    check=check,
    bad={"messages": [QUESTION, {**ANSWER, "weight": 0}]},
    good={"messages": [QUESTION, {**ANSWER, "weight": 1}]},
)
