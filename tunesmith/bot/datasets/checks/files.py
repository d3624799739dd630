"""The file as a whole: its format, its size, and what its examples have in common."""

from tunesmith.bot.datasets.findings import Rule, error, note, warning

RULES: dict[str, Rule] = {
    "mixed_formats": error(
        "The file mixes formats: {formats}.",
        "Keep one format a file.",
    ),
    "unknown_format": error(
        "None of the lines is an example: no messages, prompt or preferred_output.",
        'Write each example as {{"messages": [...]}}.',
    ),
    "method_mismatch": error(
        "The file is in the {format} format, but the method {method} needs {needed}.",
        "Choose the other method, or convert the file.",
    ),
    "no_model_trains_format": error(
        "{provider} trains no base model on the {format} format.",
        "{advice}",
    ),
    "too_few_examples": error(
        "The file has {count} examples; {provider} needs at least {needed}.",
        "Add more; 50 to 100 good ones show a first effect.",
    ),
    "file_too_large": error(
        "The file has {size} MB; {provider} takes at most {limit} MB.",
        "Leave examples out.",
    ),
    "missing_system_message": note(
        "{count} of {examples} examples have no system message.",
        "Fine if you will ask without one too; otherwise give all examples the same one.",
    ),
    "examples_truncated": warning(
        "{count} examples are longer than the {limit} tokens that {model} trains on; "
        "{lost} tokens at their ends are not learnt.",
        "Shorten or split them.",
    ),
}
