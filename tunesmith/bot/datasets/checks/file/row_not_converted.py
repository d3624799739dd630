"""Rows in the shape of another tool with something in them that has no place in our formats."""

from tunesmith.bot.datasets.findings import Severity
from tunesmith.bot.datasets.rule import Rule

RULE = Rule(
    code="row_not_converted",
    severity=Severity.ERROR,
)
