"""Prompt/completion pairs, one by one.

The rules are those of OpenAI's former `fine_tunes.prepare_data` and its guide (separators, stop
sequences, a space before the completion).
"""

from tunesmith.bot.datasets.findings import (
    Collector,
    JsonObject,
    Rule,
    error,
    kind_of,
    quoted_names,
    warning,
)
from tunesmith.bot.datasets.masking import quoted

RULES: dict[str, Rule] = {
    "pair_missing_key": error(),
    "pair_key_case": error(fixable=True),
    "pair_not_text": error(),
    "empty_prompt": warning(),
    "empty_completion": error(),
    "pair_unrecognized_key": error(fixable=True),
}


def check(example: JsonObject, found: Collector) -> None:
    """Check one pair by itself."""
    keys = {key.lower(): key for key in example}
    for name in ("prompt", "completion"):
        key = keys.get(name)
        if key is None:
            found.add("pair_missing_key", (name,), key=name)
            continue
        if key != name:
            found.add("pair_key_case", (key,), key=quoted(key))
        value = example[key]
        if not isinstance(value, str):
            found.add("pair_not_text", (key,), key=name, kind=kind_of(value))
        elif not value.strip():
            found.add(f"empty_{name}", (key,))
    unknown = [key for key in example if key.lower() not in ("prompt", "completion")]
    if unknown:
        found.add("pair_unrecognized_key", (unknown[0],), keys=quoted_names(unknown))
