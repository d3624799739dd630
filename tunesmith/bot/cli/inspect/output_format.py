"""The values of `--output-format`."""

from enum import StrEnum


class OutputFormat(StrEnum):
    """How the findings are written."""

    TEXT = "text"
    GROUPED = "grouped"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
