"""The words of a rule itself, where there is no finding of it."""

import re

from tunesmith.bot.messages.text import topic

_FORMAT = re.compile(r"\{(\w+):\w+\}")


def rule_words(language: str, kind: str, code: str) -> str:
    """A rule's `message`, `hint` or `fixed`, with the bare names of the placeholders.

    Empty where the rule has no such words.
    """
    entry = topic(language, "finding").get(f"{kind}.{code}", "")
    return _FORMAT.sub(r"{\1}", entry if isinstance(entry, str) else entry["other"])
