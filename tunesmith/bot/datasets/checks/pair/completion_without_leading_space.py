"""A completion that does not start with a space."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import excerpt
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Most words have a token with a space in front."""
    _, completion = read_pair(example.value)
    if completion and not completion[0].isspace():
        found.add("completion_without_leading_space", ("completion",), excerpt(completion, 0, 40))


def fix(example: ExampleView) -> bool:
    """A space is put in front."""
    text = example.value.get("completion")
    if not isinstance(text, str) or not text or text[0].isspace():
        return False
    example.value["completion"] = f" {text}"
    return True


RULE = ExampleRule(
    code="completion_without_leading_space",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    fix=fix,
    bad={"prompt": "q\n\n###\n\n", "completion": "a END"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
