"""A key of an example that its format does not know."""

from tunesmith.bot.datasets.checks.samples import ANSWER, QUESTION
from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import EXAMPLE_KEYS, MEDIA_KEYS
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.formats import recognise
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """All of them in one finding; where none is of any format, other rules say so."""
    unknown = [key for key in example.value if key not in EXAMPLE_KEYS[example.kind]]
    if unknown and recognise(example.value) is not None:
        found.add("example_unrecognized_key", (unknown[0],), keys=quoted_names(unknown))


def fix(example: ExampleView) -> bool:
    """The example is left without them; images, sounds and videos are not dropped."""
    known = EXAMPLE_KEYS[example.kind] | MEDIA_KEYS
    unknown = [key for key in example.value if key not in known]
    for key in unknown:
        del example.value[key]
    return bool(unknown)


RULE = ExampleRule(
    code="example_unrecognized_key",
    severity=Severity.WARNING,
    formats=frozenset(EXAMPLE_KEYS),
    check=check,
    fix=fix,
    bad={"messages": [QUESTION, ANSWER], "topic": "weather"},
    good={"messages": [QUESTION, ANSWER]},
)
