"""The SQL in a model's answer."""

import re

from tunesmith.bot.schemas.model import Dialect

_FENCE = re.compile(
    r"^[ \t>]*(```+|~~~+)[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t>]*\1|\Z)", re.M | re.S
)


def extract_sql(text: str, dialect: Dialect) -> list[str]:
    """The statements of an answer, in its order."""
    del dialect
    fenced = [match[3].strip() for match in _FENCE.finditer(text)]
    return fenced or ([text.strip()] if text.strip() else [])
