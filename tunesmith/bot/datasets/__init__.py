"""Training files: read, check, count tokens, price, repair, split."""

from tunesmith.bot.datasets.inspection import inspect, inspect_sync
from tunesmith.bot.datasets.report import Finding, Report

__all__ = ["Finding", "Report", "inspect", "inspect_sync"]
