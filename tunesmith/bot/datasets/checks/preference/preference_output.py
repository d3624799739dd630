"""An output that is not one assistant message."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView, role_name, roles_of
from tunesmith.bot.datasets.findings import Collector, Json, Severity, kind_of
from tunesmith.bot.datasets.formats import OUTPUTS, Format
from tunesmith.bot.datasets.rule import ExampleRule
from tunesmith.bot.messages import Message, say


def check(example: ExampleView, found: Collector) -> None:
    """Each side."""
    for side in OUTPUTS:
        problem = _problem(example.value.get(side))
        if problem is not None:
            found.add("preference_output", (side,), side=side, problem=problem)


def _problem(output: Json) -> Message | None:
    if output is None:
        return say("finding.preference.missing")
    if not isinstance(output, list):
        return say("finding.preference.no_list", kind=kind_of(output))
    roles = roles_of(output)
    if len(roles) != 1:
        return say("finding.preference.messages", count=len(roles))
    if roles != ("assistant",):
        return say("finding.preference.role", role=role_name(roles[0]))
    return None


RULE = ExampleRule(
    code="preference_output",
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    check=check,
    bad={
        "input": {"messages": [QUESTION]},
        "preferred_output": [],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
    good={
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
)
