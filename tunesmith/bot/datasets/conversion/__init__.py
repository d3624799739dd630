"""Training files in other containers and shapes, converted row by row to our JSON Lines."""

from tunesmith.bot.datasets.conversion.source import Source, as_json_lines

__all__ = ["Source", "as_json_lines"]
