"""Oracle. Source: the SQL Language Reference 19c."""

import re

from sqlglot import exp

from tunesmith.bot.ddl.dialects import quoting
from tunesmith.bot.ddl.dialects.features import features
from tunesmith.bot.ddl.dialects.profile import (
    DdlRules,
    DottedAccess,
    Folding,
    Lexing,
    Profile,
    ProgramEnd,
    QueryRules,
    ValueKind,
    Writing,
    words,
)
from tunesmith.bot.ddl.dialects.tree_writing import call, number, text

_SLASH = r"[ \t]*+/[ \t]*+(?=\n|\Z)"


def _long_quote_end(dump: str, at: int) -> int:
    if dump[at] != "'" or dump[at - 1] not in "qQ" or at + 2 >= len(dump):
        return -1
    return quoting.q_quote_end(dump, at + 2)


def _days_ago(days: int) -> exp.Expr:
    return exp.Sub(this=call("TRUNC", exp.column("SYSDATE")), expression=number(days))


PROFILE = Profile(
    sqlglot="oracle",
    label="Oracle",
    fences=words("oracle plsql"),
    signs={
        3.0: (
            "varchar2",
            "\nprompt ",
            "\nrem ",
            "pctfree",
            "segment creation",
            "editionable",
            " byte)",
            "default on null",
            ".nextval",
        ),
        2.0: (
            "sysdate",
            "systimestamp",
            "\n/\n",
            "storage(",
            "noparallel",
            "execute immediate",
            "user_tables",
            " char)",
            "long raw",
        ),
        1.5: ("number(", " number,", "xmltype"),
        1.0: (" number ", "clob", "tablespace", " enable"),
        0.6: ("oracle", "comment on", " add ("),
    },
    folding=Folding.UPPER,  # "Database Object Naming Rules"
    lexing=Lexing(
        tokens=(
            quoting.DOUBLE_QUOTES,
            r"(?P<qquote>[Nn]?[Qq]'\S)",
            rf"(?P<string>[Nn]?{quoting.STRING})",
        ),
        skipped=(
            rf"(?<!\b[Qq])(?<!\b[Nn][Qq]){quoting.CLOSED_STRING}",
            quoting.CLOSED_DOUBLE_QUOTES,
        ),
        long_quote_end=_long_quote_end,
        client_line=re.compile(
            _SLASH
            + r"|@[^\n]*+|(?:(?i:rem|remark|prompt|spool|define|undefine|accept|whenever|conn"
            r"|connect|disconnect|column|col|ttitle|btitle|break|compute|exit|quit|show|variable"
            r"|print|pause|host|start|clear|timing|exec|execute|describe|desc|password"
            r"|set(?![ \t]+(?:transaction|constraints?|role)\b))(?=[\s;]|\Z)|!)"
            r"(?:-[ \t]*\n|[^\n])*+"
        ),
        line_end=_SLASH,
        program_end=ProgramEnd.SLASH,
    ),
    ddl=DdlRules(
        schemas_are_users=True,
        global_temporary_stays=True,
        execute_immediate=True,
        modify_keeps=True,
    ),
    query=QueryRules(
        # SELECT: aliases in ORDER BY only (23ai adds GROUP BY and HAVING).
        hidden=words("rowid ora_rowscn object_id object_value"),
        pseudo=words(
            """
            rownum sysdate systimestamp current_date current_timestamp localtimestamp
            dbtimezone sessiontimezone user uid column_value
            """
        ),
        repeated_tables=True,
        recursive_without_keyword=True,
        pivot_names_known=False,  # columns of several aggregates have names by other rules
        dotted=DottedAccess.OBJECT_FIELD,
        dual=("DUMMY",),
        features=features(
            """
            offset_alone fetch fetch_alone using lateral apply full_join bare_subquery nulls_order
            connect_by boolean interval date_text extract quantified set_all rollup sample pivot
            """
        ),
        functions=words(
            """
            add_months initcap instr last_day length listagg lpad months_between nvl2 nvl rpad
            substr to_char to_date to_number trunc
            """
        ),
        having_before_group=True,
        clauses=words("match qualify"),
        packages=("utl_", "dbms_", "httpuritype", "sys", "owa_", "apex_"),
        system_schemas=words("sys system xdb ctxsys"),
        system_prefixes=("v$", "gv$", "dba_", "cdb_", "x$"),
        system_tables=words(
            """
            all_tables all_tab_columns all_users all_objects all_source user_tables
            user_tab_columns user_objects user_source user_users user_tab_privs all_tab_privs
            session_privs global_name
            """
        ),
    ),
    writing=Writing(
        # "Oracle SQL Reserved Words".
        reserved=words(
            """
            access add all alter and any as asc audit between by char check cluster column
            column_value comment compress connect create current date decimal default delete desc
            distinct drop else exclusive exists file float for from grant group having identified
            immediate in increment index initial insert integer intersect into is level like lock
            long maxextents minus mlslabel mode modify nested_table_id noaudit nocompress not nowait
            null number of offline on online option or order pctfree prior public raw rename
            resource revoke row rowid rownum rows select session set share size smallint start
            successful synonym sysdate table then to trigger uid union unique update user validate
            values varchar varchar2 view whenever where with
            """
        ),
        nulls_sort_first=False,
        month=lambda date: call("TO_CHAR", date, text("YYYY-MM")),
        days_ago=_days_ago,
        kinds={"date": ValueKind.DATETIME},  # holds the time too
    ),
)
