"""The values of `--output-format` and `--to`."""

from enum import StrEnum


class OutputFormat(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    GROUPED = "grouped"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class Target(StrEnum):
    """The formats that a file can be converted to; the values are those of `datasets.Format`."""

    CHAT = "chat"
    PROMPT_COMPLETION = "prompt_completion"
    PREFERENCE = "preference"
