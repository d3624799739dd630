"""Two outputs that are the same, so that there is nothing to prefer."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import OUTPUTS, Format
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """By all that they hold."""
    preferred, other = (example.value.get(side) for side in OUTPUTS)
    if preferred is not None and preferred == other:
        found.add("preference_outputs_equal", ("non_preferred_output",))


RULE = ExampleRule(
    code="preference_outputs_equal",
    severity=Severity.WARNING,
    formats=frozenset({Format.PREFERENCE}),
    check=check,
    bad={
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [ANSWER],
    },
    good={
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
)
