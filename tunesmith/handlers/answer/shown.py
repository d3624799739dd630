"""How a model's answer is written in a message."""

import re
from collections.abc import Mapping, Sequence

from tunesmith.handlers.slack.mrkdwn import escape_markdown

MOST = 11_500
"""Characters of an answer in a message, of the 12,000 of markdown that Slack takes; a little is
left for what is said under it."""

ENDINGS = {
    "length": "answer.at_most_tokens",
    "content_filter": "answer.filtered",
    "refusal": "answer.refused",
}
"""What is said of an answer that ended early, by its finish reason."""

_FENCE, _FENCE_END = "```sql\n", "\n```"
_HEAD = 14  # characters in which bare SQL shows
_SQL = re.compile(r"\s*(?:SELECT|WITH|CREATE TABLE)\s")
# What may become one of the entities of Slack's markup.
_HALF_ENTITY = re.compile(r"&(?:a|am|amp|l|lt|g|gt)?$")
_BROKEN_ENTITY = re.compile(r"&\w{0,3}$")


def trimmed(answer: str) -> str:
    """An answer without the space that completions begin with."""
    return answer.removeprefix(" ")


def fenced(answer: str, *, sql: bool) -> str:
    """A whole answer; bare SQL in a fence, where `COUNT(*)` twice in a line is not italics."""
    return f"{_FENCE}{answer}{_FENCE_END}" if _is_bare(answer, sql=sql) else answer


def with_calls(answer: str, calls: Sequence[Mapping[str, str]]) -> str:
    """An answer with the tool calls (`name`, `arguments`) that the model made, as code."""
    answer = trimmed(answer)
    written = [f"```\n{call['name']}({call['arguments']}){_FENCE_END}" for call in calls]
    return "\n".join([answer, *written] if answer else written)


def is_too_long(answer: str, *, sql: bool, most: int = MOST) -> bool:
    """Whether `most` characters of a message can't hold all of it."""
    return len(escape_markdown(fenced(answer, sql=sql))) > most


def shown(answer: str, *, sql: bool, most: int = MOST) -> str:
    """A whole answer in Slack's markdown; of one that is longer than `most`, its beginning."""
    written = escape_markdown(fenced(trimmed(answer), sql=sql))
    return _closed(_cut(written, most)) if len(written) > most else written


def shown_so_far(answer: str, *, sql: bool) -> str:
    """An answer that still comes, in Slack's markdown: it only ever grows at its end."""
    if sql and len(answer.lstrip()) < _HEAD:
        return ""
    return _begun(_HALF_ENTITY.sub("", answer), sql=sql)


def shown_half(answer: str, *, sql: bool) -> str:
    """An answer that broke off, in Slack's markdown, with nothing left open."""
    return _closed(_begun(answer, sql=sql))


def _begun(answer: str, *, sql: bool) -> str:
    """The beginning of an answer, where nobody knows whether it is all."""
    answer = trimmed(answer)
    return _cut(escape_markdown(f"{_FENCE}{answer}" if _is_bare(answer, sql=sql) else answer))


def _is_bare(answer: str, *, sql: bool) -> bool:
    return sql and _SQL.match(answer) is not None


def _cut(written: str, most: int = MOST) -> str:
    return _BROKEN_ENTITY.sub("", written[:most]) if len(written) > most else written


def _closed(written: str) -> str:
    """With the fence closed that is open."""
    return written + _FENCE_END if written.count("```") % 2 else written
