"""A result file that tells the loss of each row of the training file, read leniently.

No provider of the catalogue but the local trainer writes one (2026-11). It is known by its columns
`line`, counted from 1 in the file that was uploaded, and `loss`.
"""

from tunesmith.bot.providers.remote import RemoteRow, lenient
from tunesmith.bot.providers.result_csv import ResultTableError, rows_of

_COLUMNS = frozenset({"line", "loss"})
_MOST_ROWS = 1_000_000


def read_rows(text: str) -> list[RemoteRow]:
    """The rows that a table tells, each line once; none where it is another table.

    Takes up to some seconds for a large one: call it in a thread.
    """
    head = text.removeprefix("\ufeff").partition("\n")[0].lower()
    if not _COLUMNS.issubset(name.strip() for name in head.split(",")):
        return []
    found: dict[int, RemoteRow] = {}
    try:
        for cells in rows_of(text, _MOST_ROWS):
            row = lenient(cells, RemoteRow)
            if row is not None:
                found.setdefault(row.line, row)
    except ResultTableError:
        return []
    return list(found.values())
