"""A stop sequence that also stands inside the completion."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Where the completion ends with it as well."""
    stop = example.style.stop if example.style else ""
    _, completion = read_pair(example.value)
    if stop and completion.endswith(stop) and completion.count(stop) > 1:
        found.add("stop_sequence_in_completion", ("completion",), stop=quoted(stop))


RULE = ExampleRule(
    code="stop_sequence_in_completion",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    bad={"prompt": "q\n\n###\n\n", "completion": " a END b END"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
