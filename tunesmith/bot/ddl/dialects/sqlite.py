"""SQLite. Source: sqlite.org; checked on 3.40."""

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from tunesmith.bot.ddl.dialects import quoting
from tunesmith.bot.ddl.dialects.features import features
from tunesmith.bot.ddl.dialects.profile import (
    AliasUse,
    DdlRules,
    Explain,
    Lexing,
    Profile,
    QueryRules,
    ValueKind,
    Writing,
    words,
)
from tunesmith.bot.ddl.dialects.tree_writing import call, text

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


def _read_only(url: "URL") -> "URL":
    """Opened otherwise, SQLite makes an empty file of a wrong path."""
    if not url.database:
        return url
    return url.set(database=f"file:{quote(url.database)}", query={"mode": "ro", "uri": "true"})


def _is_of_statement(error: BaseException) -> bool:
    """Every other code is of the file or of a lock (rescode.html#error)."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_ERROR"


PROFILE = Profile(
    sqlglot="sqlite",
    label="SQLite",
    fences=words("sqlite sqlite3"),
    signs={
        3.0: (
            "autoincrement",
            "pragma ",
            "without rowid",
            "sqlite",
            "fts5",
            "fts4",
            "create virtual table",
            "collate nocase",
            "julianday",
        ),
        2.0: ("strftime(", "datetime('now", ") strict", "] integer"),
        1.0: ("begin transaction;", "integer primary key", "integer not null primary key"),
        0.3: (" blob,", "glob "),
        0.1: (" text not null",),
    },
    home="main",
    lexing=Lexing(
        tokens=(
            quoting.DOUBLE_QUOTES,
            quoting.BRACKETS,
            quoting.BACKTICKS,
            rf"(?P<string>[NnXx]?{quoting.STRING})",
        ),
        skipped=(
            quoting.CLOSED_STRING,
            quoting.CLOSED_DOUBLE_QUOTES,
            quoting.CLOSED_BRACKETS,
            quoting.CLOSED_BACKTICKS,
        ),
        marks=r"\[`#",
        # It has no # itself; installers that strip such lines write it.
        line_comment=r"--[^\n]*+|\#[^\n]*+",
        client_line=re.compile(r"\.[a-z][^\n]*+"),
    ),
    ddl=DdlRules(
        strings_are_names=True,
        any_type_word=True,
        own_tables="sqlite_",
    ),
    query=QueryRules(
        # The resolver looks for a result alias in every clause (resolve.c, lookupName).
        where=AliasUse.ANYWHERE,
        group=AliasUse.ANYWHERE,
        having=AliasUse.ANYWHERE,
        order_sees_all_branches=True,
        hidden=words("rowid oid _rowid_"),
        pseudo=words("current_date current_time current_timestamp"),
        first_match_wins=True,
        repeated_tables=True,
        recursive_without_keyword=True,
        text_if_no_column=True,  # quirks.html, section 8
        runs_in_sqlite=True,
        tables_after_in=True,
        on_sees_all=True,
        other_schemas_are_other_files=True,
        table_functions={  # json1.html
            "json_each": "key value type atom id parent fullkey path json root",
            "json_tree": "key value type atom id parent fullkey path json root",
            "generate_series": "value start stop step",
        },
        features=features(
            """
            backticks brackets limit limit_pair regexp using full_join bare_join bare_subquery
            nulls_order table_as filter boolean double_equals distinct_from is_value percent
            empty_in
            """
        ),
        functions=words(
            """
            group_concat ifnull iif instr julianday length random strftime string_agg substr
            substring
            """
        ),
        brackets_end_at_first=True,
        system_prefixes=("sqlite_", "pragma_"),
    ),
    writing=Writing(
        # lang_keywords.html.
        reserved=words(
            """
            add all alter and as autoincrement between case check collate column commit constraint
            create cross current_date current_time current_timestamp default deferrable delete desc
            distinct drop else escape except exists foreign from full group having if in index inner
            insert intersect into is isnull join left limit natural not nothing notnull null on or
            order outer primary references returning right select set table then to transaction
            trigger union unique update using values when where
            """
        ),
        month=lambda date: call("STRFTIME", text("%Y-%m"), date),
        days_ago=lambda days: call("DATE", text("now"), text(f"-{days} days")),
        kinds={"text": ValueKind.TEXT},
    ),
    explain=Explain(
        backends=("sqlite",),
        is_of_statement=_is_of_statement,
        prepare=("PRAGMA query_only = ON",),  # pragma.html#pragma_query_only
        read_only=_read_only,
    ),
)
