"""MySQL, and MariaDB, which counts as MySQL that has what either of them has.

Sources: MySQL 8.4 Reference Manual; MariaDB 10.11 where it has more.
"""

import re

from sqlglot import exp

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
from tunesmith.bot.ddl.dialects.tree_writing import call, number, text
from tunesmith.bot.extras import Extra

_DOUBLE_QUOTES = r'(?P<double>"(?:[^"\\]++|""|\\.)*+(?:"|\\?\Z))'
_CLOSED_DOUBLE_QUOTES = r'"(?:[^"\\]++|""|\\.)*+"'

# Errors of the server, of locks, of time and of rights (MySQL 8.4 and MariaDB 10.11 Error
# Reference); the client's own begin at 2000 and end below 3000.
_NOT_OF_STATEMENT = words(
    """
    1021 1030 1037 1038 1040 1041 1042 1043 1044 1045 1053 1105 1114 1129 1130 1142 1143 1152 1158
    1159 1160 1161 1184 1203 1205 1206 1213 1226 1227 1290 1317 1370 1449 1836 1969 3024
    """
)


def _is_of_statement(error: BaseException) -> bool:
    code = str(error.args[0]) if error.args else ""
    return code.isdigit() and code not in _NOT_OF_STATEMENT and not 2000 <= int(code) < 3000


def _key_name(table: str, _columns: list[str], _kind: str, reference: int) -> str | None:
    """`table_ibfk_1` for the first reference (manual, "FOREIGN KEY Constraints")."""
    return f"{table}_ibfk_{reference}" if reference else None


def _days_ago(days: int) -> exp.Expr:
    interval = exp.Interval(this=number(days), unit=exp.var("DAY"))
    return call("DATE_SUB", call("CURDATE"), interval)


PROFILE = Profile(
    sqlglot="mysql",
    label="MySQL",
    fences=words("mysql mariadb"),
    signs={
        3.0: ("engine=", "engine =", "auto_increment", "/*!", "on update current_timestamp"),
        2.0: (
            "charset=",
            "mediumtext",
            "longtext",
            "mediumblob",
            "longblob",
            " comment '",
            " comment='",
            "comment = '",
            "utf8mb4",
            "fulltext key",
            "lock tables",
            "modify column",
        ),
        1.5: ("unsigned", "tinyint(", "bigint(", "mariadb"),
        1.0: ("`", "mysql", "delimiter ", "enum(", "unique key"),
        0.3: ("using btree", "datetime", " double "),
    },
    lexing=Lexing(
        tokens=(
            r"(?P<executable>/\*M?!\d*+|\*/)",
            _DOUBLE_QUOTES,
            quoting.BACKTICKS,
            rf"(?P<string>(?:[NnBbXx]|_\w++\s*+)?{quoting.BACKSLASH_STRING})",
        ),
        skipped=(
            quoting.CLOSED_BACKSLASH_STRING,
            _CLOSED_DOUBLE_QUOTES,
            quoting.CLOSED_BACKTICKS,
        ),
        marks="#`",
        line_comment=r"--[^\n]*+|\#[^\n]*+",
        comment_open=r"/\*(?!M?!)",
        executable=r"/\*M?!\d*+|\*/",
        backslash_escapes=True,
        client_line=re.compile(
            r"(?i:delimiter)[ \t]++(?P<delimiter>\S++)[^\n]*+|(?i:source)[ \t][^\n]*+|\\[^\n]*+"
        ),
        client_end=r"\\G\s*$",  # prints a row on several lines
    ),
    ddl=DdlRules(
        strings_are_names=True,
        serial_types=True,
        integer_display_width=True,  # says nothing (release notes of 8.0.17)
        index_elements=words("KEY INDEX"),
        special_indexes=words("FULLTEXT SPATIAL VECTOR"),
        schemas_are_databases=True,
        like_copies_all=True,
        query_without_as=True,
        key_name=_key_name,
    ),
    query=QueryRules(
        texts_ignore_case=True,
        # Manual, "Problems with Column Aliases": GROUP BY, ORDER BY, HAVING, never WHERE.
        group=AliasUse.ANYWHERE,
        having=AliasUse.ANYWHERE,
        subqueries_see_aliases=True,
        having_sees_selected_only=True,
        pseudo=words(
            """
            current_date current_time current_timestamp current_user localtime localtimestamp
            utc_date utc_time utc_timestamp
            """
        ),
        text_in_double_quotes=True,
        dual=(),
        values_columns=("column_", 0),
        features=features(
            """
            backticks braces limit limit_pair offset_alone fetch fetch_alone regexp using lateral
            bare_join table_as boolean interval date_text extract null_safe_equals percent div
            quantified set_all with_rollup index_hint
            """
        ),
        functions=words(
            """
            add_months curdate date_add date_format date_sub datediff day dayofweek find_in_set
            from_unixtime group_concat if ifnull initcap instr isnull last_day left length locate
            lpad month now nvl2 nvl rand repeat right rpad str_to_date substr substring
            timestampdiff to_char to_date to_number truncate unix_timestamp year
            """
        ),
        hash_comments=True,
        dashes_need_space=True,
        system_schemas=words("information_schema performance_schema mysql sys"),
    ),
    writing=Writing(
        # sqlglot knows the reserved words of MySQL and quotes them itself.
        comments_inside=True,
        month=lambda date: call("DATE_FORMAT", date, text("%Y-%m")),
        days_ago=_days_ago,
        kinds={"bit": ValueKind.BIT},
    ),
    explain=Explain(
        backends=("mysql", "mariadb"),
        extra=Extra.MYSQL,
        is_of_statement=_is_of_statement,
        # A comment with a version runs there only: MySQL counts milliseconds, MariaDB seconds.
        prepare=(
            "SET SESSION TRANSACTION READ ONLY",
            "SET SESSION lock_wait_timeout = 1 /*!50708 , max_execution_time = {seconds}000 */"
            " /*M!100101 , max_statement_time = {seconds} */",
        ),
    ),
)
