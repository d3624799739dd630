""" "Prompt" instead of "prompt"."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.findings import Collector, Severity
from tunesmith.bot.datasets.formats import Format
from tunesmith.bot.datasets.masking import quoted
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """Each of them."""
    for name in ("prompt", "completion"):
        key = example.pair_keys.get(name, name)
        if key != name:
            found.add("pair_key_case", (key,), key=quoted(key))


def fix(example: ExampleView) -> bool:
    """The keys are put in lower case, in their places; two of one name are left as they are."""
    value = example.value
    lower = [key.lower() if key.lower() in ("prompt", "completion") else key for key in value]
    if lower == list(value) or len(set(lower)) < len(lower):
        return False
    values = list(value.values())
    value.clear()
    value.update(zip(lower, values, strict=True))
    return True


RULE = ExampleRule(
    code="pair_key_case",
    severity=Severity.ERROR,
    formats=frozenset({Format.PAIRS}),
    check=check,
    fix=fix,
    bad={"Prompt": "q\n\n###\n\n", "completion": " a END"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
