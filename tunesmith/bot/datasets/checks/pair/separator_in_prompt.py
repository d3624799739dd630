"""A separator that also stands inside the prompt."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Where the prompt ends with it as well."""
    separator = example.style.separator if example.style else ""
    prompt, _ = read_pair(example.value)
    if separator and prompt.endswith(separator) and prompt.count(separator) > 1:
        found.add("separator_in_prompt", ("prompt",), separator=quoted(separator))


RULE = ExampleRule(
    code="separator_in_prompt",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    bad={"prompt": "q\n\n###\n\nmore\n\n###\n\n", "completion": " a END"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
