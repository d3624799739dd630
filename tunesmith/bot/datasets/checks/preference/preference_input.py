"""An input that holds no messages, or what none holds."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import PREFERENCE_INPUT_KEYS
from tunesmith.bot.datasets.findings import Collector, Path, Severity, kind_of
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule
from tunesmith.bot.messages import say


def check(example: ExampleView, found: Collector) -> None:
    """One finding, for the first thing that is wrong."""
    given = example.value.get("input")
    path: Path = ("input",)
    problem = None
    if not isinstance(given, dict):
        no_object = say("finding.preference.no_object", kind=kind_of(given))
        problem = say("finding.preference.missing") if given is None else no_object
    elif not isinstance(messages := given.get("messages"), list) or not messages:
        path, problem = ("input", "messages"), say("finding.preference.no_messages")
    elif unknown := [key for key in given if key not in PREFERENCE_INPUT_KEYS]:
        path = ("input", unknown[0])
        problem = say("finding.preference.unknown_key", key=quoted(unknown[0]))
    if problem is not None:
        found.add("preference_input", path, problem=problem)


RULE = ExampleRule(
    code="preference_input",
    severity=Severity.ERROR,
    formats=frozenset({Format.PREFERENCE}),
    check=check,
    bad={
        "input": {"messages": []},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
    good={
        "input": {"messages": [QUESTION]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [{"role": "assistant", "content": "No idea."}],
    },
)
