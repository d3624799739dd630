"""A key that a pair does not have."""

from tunesmith.bot.datasets.example_view import ExampleView
from tunesmith.bot.datasets.fields import MEDIA_KEYS
from tunesmith.bot.datasets.findings import Collector, Severity, quoted_names
from tunesmith.bot.datasets.formats import Format, recognise
from tunesmith.bot.datasets.rule import ExampleRule


def check(example: ExampleView, found: Collector) -> None:
    """All of them in one finding; where none is of any format, other rules say so."""
    unknown = _unknown(example)
    if unknown and recognise(example.value) is not None:
        found.add("pair_unrecognized_key", (unknown[0],), keys=quoted_names(unknown))


def _unknown(example: ExampleView) -> list[str]:
    return [key for key in example.value if key.lower() not in ("prompt", "completion")]


def fix(example: ExampleView) -> bool:
    """The pair is left without them; half a pair keeps them, as the other half may be in one."""
    if not {key.lower() for key in example.value} >= {"prompt", "completion"}:
        return False
    unknown = [key for key in _unknown(example) if key not in MEDIA_KEYS]
    for key in unknown:
        del example.value[key]
    return bool(unknown)


RULE = ExampleRule(
    code="pair_unrecognized_key",
    severity=Severity.WARNING,
    formats=frozenset({Format.PAIRS}),
    check=check,
    fix=fix,
    bad={"prompt": "q\n\n###\n\n", "completion": " a END", "topic": "rivers"},
    good={"prompt": "q\n\n###\n\n", "completion": " a END"},
)
