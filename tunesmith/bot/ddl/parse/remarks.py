"""Remarks (`-- like this`) that stand behind a column on its line."""

from bisect import bisect_left

from tunesmith.bot.ddl.parse.cursor import Cursor


def remark_behind(cursor: Cursor, start: int, stop: int) -> str | None:
    """The first comment in the tokens `start` to `stop`, or behind them on the same line."""
    comments = cursor.source.comments
    first = cursor.tokens[start].start
    index = bisect_left(comments, first, key=lambda comment: comment.start)
    if index >= len(comments):
        return None
    comment, end = comments[index], cursor.tokens[stop - 1].end
    if comment.start > end and not _same_line(cursor, end, comment.start):
        return None
    return comment.text or None


def _same_line(cursor: Cursor, end: int, start: int) -> bool:
    """Whether nothing but blanks and a comma stands between, and no line ends."""
    between = cursor.source.text[end:start]
    return "\n" not in between and not between.replace(",", "", 1).strip()
