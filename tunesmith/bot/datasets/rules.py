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

CHECKS = (
    lines,
    files,
    labels,
    chat,
    tools,
    images,
    pairs,
    pair_style,
    preference,
    reinforcement,
    duplicates,
    secrets,
    personal,
    texts,
)
RULES: dict[str, Rule] = {code: rule for check in CHECKS for code, rule in check.RULES.items()}
