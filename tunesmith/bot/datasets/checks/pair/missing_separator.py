"""A prompt that does not end as most of its file do."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import excerpt, quoted
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The separator tells the model where the prompt ends."""
    separator = example.style.separator if example.style else ""
    prompt, _ = read_pair(example.value)
    if separator and prompt and not prompt.endswith(separator):
        found.add(
            "missing_separator",
            ("prompt",),
            excerpt(prompt, max(len(prompt) - 40, 0), len(prompt)),
            separator=quoted(separator),
        )


def fix(example: ExampleView) -> bool:
    """The separator is put at its end."""
    text, separator = example.value.get("prompt"), example.style.separator if example.style else ""
    if not separator or not isinstance(text, str) or not text or text.endswith(separator):
        return False
    example.value["prompt"] = text + separator
    return True


RULE = ExampleRule(
    code="missing_separator",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    fix=fix,
    bad={"prompt": "Another question?", "completion": " a END"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
