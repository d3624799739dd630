"""The words of every code."""

from tunesmith.bot.datasets.checks import (
    chat,
    duplicates,
    files,
    images,
    labels,
    lines,
    pair_style,
    pairs,
    personal,
    preference,
    reinforcement,
    secrets,
    texts,
    tools,
)
from tunesmith.bot.datasets.findings import Rule

RULES: dict[str, Rule] = (
    lines.RULES
    | files.RULES
    | labels.RULES
    | chat.RULES
    | tools.RULES
    | images.RULES
    | pairs.RULES
    | pair_style.RULES
    | preference.RULES
    | reinforcement.RULES
    | duplicates.RULES
    | secrets.RULES
    | personal.RULES
    | texts.RULES
)
