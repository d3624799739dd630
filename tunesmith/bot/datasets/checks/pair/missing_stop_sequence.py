"""A completion that does not end as most of its file do."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import excerpt, quoted
from tunesmith.bot.datasets.pair_style import read_pair
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """The stop sequence tells the model where an answer ends."""
    stop = example.style.stop if example.style else ""
    _, completion = read_pair(example.value)
    if stop and completion and not completion.endswith(stop):
        found.add(
            "missing_stop_sequence",
            ("completion",),
            excerpt(completion, max(len(completion) - 40, 0), len(completion)),
            stop=quoted(stop),
        )


def fix(example: ExampleView) -> bool:
    """The stop sequence is put at its end."""
    text, stop = example.value.get("completion"), example.style.stop if example.style else ""
    if not stop or not isinstance(text, str) or not text or text.endswith(stop):
        return False
    example.value["completion"] = text + stop
    return True


RULE = ExampleRule(
    code="missing_stop_sequence",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    fix=fix,
    bad={"prompt": "q\n\n###\n\n", "completion": " a"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
