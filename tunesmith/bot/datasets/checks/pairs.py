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
    quoted,
    warning,
)

RULES: dict[str, Rule] = {
    "pair_missing_key": error(
        "There is no {key}.",
        'Write the example as {{"prompt": "...", "completion": "..."}}.',
    ),
    "pair_key_case": error(
        'The key is written "{key}".',
        "Write it in lower case; the corrected file does.",
    ),
    "pair_not_text": error(
        "The {key} is {kind}, not a text.",
        "Put it in quotes.",
    ),
    "empty_prompt": warning(
        "The prompt is empty.",
        "Write the question, or leave all prompts empty for open-ended text.",
    ),
    "empty_completion": error(
        "The completion is empty.",
        "Write the answer or remove the example.",
    ),
    "pair_unrecognized_key": error(
        "The example has the unknown key {keys}.",
        "Remove it; the corrected file leaves it out.",
    ),
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
            found.add("pair_key_case", (key,), key=key)
        value = example[key]
        if not isinstance(value, str):
            found.add("pair_not_text", (key,), key=name, kind=kind_of(value))
        elif not value.strip():
            found.add(f"empty_{name}", (key,))
    unknown = [key for key in example if key.lower() not in ("prompt", "completion")]
    if unknown:
        found.add("pair_unrecognized_key", (unknown[0],), keys=quoted(unknown))
