"""Rows in a shape that other tools train on, such as ShareGPT: they are read converted."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="foreign_format",
    severity=Severity.ERROR,
    fixed_by_writing=True,
)
