"""What the comments of a statement may hide.

sqlglot decides where a comment is; what lies between its tokens must be one for the database too.
"""

from collections.abc import Iterator, Sequence

from sqlglot.tokenizer_core import Token

from tunesmith.bot.ddl.dialects.profile import Profile
from tunesmith.bot.messages import Message, say


def gaps(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """The text between tokens with its offset: white space and comments."""
    end = 0
    for token in tokens:
        yield end, sql[end : token.start]
        end = token.end + 1
    yield end, sql[end:]


def comment_danger(sql: str, tokens: Sequence[Token], dialect: Profile) -> Message | None:
    """Comments that a database runs, reads differently, or would not take for one."""
    for offset, gap in gaps(sql, tokens):
        around = sql[offset - 1 : offset] + sql[offset + len(gap) :][:1]
        whole = gap.startswith("/*") and gap.endswith("*/") and len(around) == 2
        if whole and all(c.isalnum() or c == "_" for c in around):
            return say("sql.split_word")
        position = 0
        while position < len(gap):
            danger, position = _in_gap(gap, position, dialect)
            if danger:
                return danger
    return None


def _in_gap(gap: str, position: int, dialect: Profile) -> tuple[Message | None, int]:
    """What is wrong with the comment or white space at a position, and where it ends."""
    if gap[position].isspace() or gap[position] == ";":  # one at either end is no token any more
        return None, position + 1
    if gap.startswith("/*", position):
        end = gap.find("*/", position + 2)
        end = len(gap) if end < 0 else end
        return _in_block(gap[position + 2 : end]), end + 2
    rules = dialect.query
    if gap.startswith("--", position) or (rules.hash_comments and gap[position] == "#"):
        newline = gap.find("\n", position)
        end = len(gap) if newline < 0 else newline + 1
        after = gap[position + 2 : position + 3]
        if rules.dashes_need_space and gap[position] == "-" and after and not after.isspace():
            return say("sql.dashes", dialect=dialect.label), end
        return None, end
    return say("sql.no_comment", said=gap[position : position + 2]), len(gap)


def _in_block(body: str) -> Message | None:
    if body[:1] == "!" or body[:2].upper() == "M!":
        return say("sql.hidden_statement")
    if "/*" in body:
        return say("sql.nested_comment")
    return None
