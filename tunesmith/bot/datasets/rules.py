"""Every code with its rule."""

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
FIXABLE = frozenset(code for code, rule in RULES.items() if rule.fixable)
"""Codes of findings that the fixed file may be without. Of unrecognized_role only those in another
case, of arguments_not_json_object only those that are an object outside a string."""
